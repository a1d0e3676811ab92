using Contracts;

namespace Services.Webhooks;

/// <summary>One of the things that a provider's call tells; a call may tell several.</summary>
internal abstract record WebhookEvent
{
    private WebhookEvent()
    {
    }

    /// <summary>A person wrote to us.</summary>
    public sealed record Incoming(MessageReceived Event) : WebhookEvent;

    /// <summary>One of our messages got on.</summary>
    /// <param name="Word">The provider's own word for the status.</param>
    public sealed record Status(StatusChanged Event, string Word) : WebhookEvent;

    /// <summary>A person stopped or resumed messages without writing to us.</summary>
    public sealed record Consent(ConsentChanged Event) : WebhookEvent;

    /// <summary>The provider's, but nothing that we know or that anybody waits for.</summary>
    public sealed record Ignored(string What) : WebhookEvent;
}
