namespace Contracts;

/// <summary>
/// Order from Campaigns to Messaging: this message is due, send it once. Delivered at least once by the broker;
/// (<see cref="MessageId"/>, <see cref="Attempt"/>) is the key under which Messaging's ledger makes it once.
/// Exactly one of <see cref="Template"/> and <see cref="Text"/> is set.
/// </summary>
public sealed record SendMessage
{
    public required Guid MessageId { get; init; }

    /// <summary>Whose message it is, so that the ledger's books can be compared with the campaign's.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>1 for the first attempt, then one higher each time. Fences: an older attempt never sends.</summary>
    public required int Attempt { get; init; }

    /// <summary>How many of the three automatic retries are used up: 0 at first and after a manual retry.</summary>
    public required int RetriesUsed { get; init; }

    /// <summary>The sending number in E.164, e.g. <c>+14155238886</c>; the rate is kept per sender.</summary>
    public required string From { get; init; }

    /// <summary>The recipient in E.164.</summary>
    public required string To { get; init; }

    /// <summary>True for replies and tests, which go ahead of all bulk messages.</summary>
    public bool Urgent { get; init; }

    public TemplateContent? Template { get; init; }

    /// <summary>Free text, allowed only within 24 hours of the person's last message.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// From this instant on the order is void: Messaging answers <see cref="MessageReturned"/> instead of sending.
    /// It bounds how long a paused or cancelled campaign's order can linger in a queue.
    /// </summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>An approved template and the values of its variables.</summary>
/// <param name="ContentSid">
/// The provider's id of it: Twilio's <c>HX…</c>, Gupshup's UUID, or its name at Meta, where name and language together
/// are the id.
/// </param>
/// <param name="Variables">By variable name, e.g. <c>"1" → "Zoé"</c>; none empty.</param>
/// <param name="Language">
/// As the provider writes it, or BCP 47: <c>fr</c>, <c>pt_BR</c>. Meta needs it, for the others it lies in the id.
/// </param>
public sealed record TemplateContent(
    string ContentSid, IReadOnlyDictionary<string, string> Variables, string? Language = null);
