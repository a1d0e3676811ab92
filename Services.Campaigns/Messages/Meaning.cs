using Contracts;

namespace Services.Campaigns;

/// <summary>What a person's message asks of us.</summary>
internal enum Meaning
{
    Reply,
    Stop,
    Start,
    Help,
    Join,
}

internal static class Meanings
{
    /// <summary>The provider's own finding (Twilio's OptOutType) goes before ours.</summary>
    public static Meaning Of(MessageReceived received, string? joinCode) =>
        (received.OptOut ?? OptOutWords.Recognise(received.Text)) switch
        {
            OptOutType.Stop => Meaning.Stop,
            OptOutType.Start => Meaning.Start,
            OptOutType.Help => Meaning.Help,
            _ => JoinWords.Matches(received.Text, joinCode) ? Meaning.Join : Meaning.Reply,
        };
}
