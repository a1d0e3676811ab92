namespace ProviderEmulator;

internal enum MessageStatus
{
    Queued,
    Sent,
    Delivered,
    Read,
    Failed,
    Undelivered,
    Received,
}

/// <summary>What changes together, so that a reader never sees half of a change.</summary>
internal sealed record MessageState(
    MessageStatus Status, DateTimeOffset Updated, DateTimeOffset? Sent = null, int? ErrorCode = null)
{
    /// <summary>A message can stay <c>sent</c> for ever, so only what has not left is unfinished.</summary>
    public bool IsUnderway => Status is MessageStatus.Queued;

    public MessageState Moved(MessageStatus status, DateTimeOffset now, int? errorCode) => this with
    {
        Status = status,
        Updated = now,
        Sent = Sent ?? (status is MessageStatus.Failed ? null : now),
        ErrorCode = errorCode,
    };
}

/// <summary>A message in either direction. Addresses are as on the wire: <c>whatsapp:+33612345678</c>.</summary>
internal sealed class Message
{
    private volatile MessageState _state;
    private volatile string _body;

    public Message(string body, MessageStatus status, DateTimeOffset now)
    {
        _body = body;
        _state = new MessageState(status, now);
        Created = now;
    }

    /// <summary>The place in the list of all messages; the store gives it.</summary>
    public long Key { get; set; }

    public required string Sid { get; init; }

    public required string To { get; init; }

    public required string From { get; init; }

    public int NumMedia { get; init; }

    public string? ContentSid { get; init; }

    public string? StatusCallback { get; init; }

    /// <inheritdoc cref="MessageOrder.Reference"/>
    public string? Reference { get; init; }

    /// <summary>What WhatsApp calls it, where that is another id than the provider's.</summary>
    public string WhatsAppId { get; } = MetaDialect.NewWhatsAppId();

    public DateTimeOffset Created { get; }

    public MessageState State => _state;

    public string Body => _body;

    public bool IsInbound => State.Status is MessageStatus.Received;

    /// <summary>The end of the conversation that is not ours.</summary>
    public string Phone => IsInbound ? From : To;

    /// <summary>Only the message's own delivery calls this, so one step never races another.</summary>
    public void Advance(MessageStatus status, DateTimeOffset now, int? errorCode = null) =>
        _state = _state.Moved(status, now, errorCode);

    public void Redact() => _body = "";
}

internal static class MessageStatusWords
{
    public static string Word(this MessageStatus status) => status switch
    {
        MessageStatus.Queued => "queued",
        MessageStatus.Sent => "sent",
        MessageStatus.Delivered => "delivered",
        MessageStatus.Read => "read",
        MessageStatus.Failed => "failed",
        MessageStatus.Undelivered => "undelivered",
        MessageStatus.Received => "received",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}
