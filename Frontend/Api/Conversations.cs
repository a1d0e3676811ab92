namespace Frontend;

public enum Direction
{
    Inbound,
    Outbound,
}

public enum ThreadKind
{
    Inbound,
    Test,
    Message1,
    Message2,
    Reply,
}

/// <summary>A person who has written, with the last that was said.</summary>
/// <param name="Awaiting">Nobody has answered yet.</param>
public sealed record Conversation(
    Guid ContactId, string Phone, string? FirstName, string? LastName, bool OptedOut, CustomerWindow Window,
    ThreadItem? Last, DateTimeOffset LastInboundAt, long Unread, bool Awaiting)
{
    /// <summary>The name, or the number of who has none.</summary>
    public string DisplayName => Contact.NameOf(FirstName, LastName) ?? Phone;
}

/// <summary>What was said between us and one person, newest first.</summary>
public sealed record ConversationDetail(
    Contact Contact, long Unread, bool Awaiting, Writable CanWrite, IReadOnlyList<ThreadItem> Items,
    string? NextCursor, long Total);

/// <param name="Reason">Why not, in the caller's language.</param>
public sealed record Writable(bool Text, bool Template, string? Reason);

public sealed record ThreadItem(
    Guid Id, Direction Direction, ThreadKind Kind, DateTimeOffset At, string? Text, MessageStatus? Status,
    MessageError? Error, Guid? CampaignId, string? CampaignName, string? UserName);

/// <summary>A text, or a template with its variables.</summary>
public sealed record ReplyForm(
    string? Body = null, Guid? TemplateId = null, IReadOnlyDictionary<string, string?>? Variables = null);
