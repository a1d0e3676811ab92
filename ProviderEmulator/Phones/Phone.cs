namespace ProviderEmulator;

/// <summary>How far messages get with a phone.</summary>
internal enum Behaviour
{
    /// <summary>delivered, then read.</summary>
    Reads,

    /// <summary>delivered; no receipts for reading.</summary>
    Delivers,

    /// <summary>sent, and nothing more: the phone is off.</summary>
    Silent,

    /// <summary>sent, then undelivered.</summary>
    Refuses,
}

/// <summary>What the phone writes by itself whenever a message is delivered to it.</summary>
internal sealed record AutoReply(string Text, int AfterMs = 0);

/// <summary>A virtual phone with WhatsApp.</summary>
internal sealed record Phone(string Number)
{
    /// <summary>
    /// https://www.twilio.com/docs/whatsapp/sandbox: joining lasts three days, whatever is written in between.
    /// </summary>
    public static readonly TimeSpan Membership = TimeSpan.FromHours(72);

    /// <summary>https://www.twilio.com/docs/whatsapp/key-concepts: from the person's last message.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public string Address => MessageOrder.Channel + Number;

    /// <summary>Nobody has set it up: it is here because a message was sent to it.</summary>
    public bool IsStranger { get; init; }

    public string ProfileName { get; init; } = "Virtual phone";

    public Behaviour Behaviour { get; init; }

    public int RefuseWith { get; init; } = DeliveryErrors.NotReachable;

    public AutoReply? AutoReply { get; init; }

    public DateTimeOffset? JoinedAt { get; init; }

    public DateTimeOffset? LastWroteAt { get; init; }

    public FaultScript? Faults { get; init; }

    public bool HasJoined(DateTimeOffset now) => JoinedAt is { } at && now - at < Membership;

    public bool HasOpenWindow(DateTimeOffset now) => LastWroteAt is { } at && now - at < Window;

    public Fate FateOf(MessageOrder order, bool joined, bool windowIsOpen) => order switch
    {
        _ when !joined => new Fate(MessageStatus.Failed, DeliveryErrors.NotJoined),
        _ when !windowIsOpen && order.Content is not { IsApproved: true } =>
            new Fate(MessageStatus.Failed, DeliveryErrors.OutsideWindow),
        { Content: not null, Body.Length: > ContentTemplate.MaxText } =>
            new Fate(MessageStatus.Failed, DeliveryErrors.TemplateTooLong),
        _ => Behaviour switch
        {
            Behaviour.Reads => new Fate(MessageStatus.Read),
            Behaviour.Delivers => new Fate(MessageStatus.Delivered),
            Behaviour.Silent => new Fate(MessageStatus.Sent),
            Behaviour.Refuses => new Fate(MessageStatus.Undelivered, RefuseWith),
            _ => throw new InvalidOperationException($"No such behaviour: {Behaviour}"),
        },
    };
}
