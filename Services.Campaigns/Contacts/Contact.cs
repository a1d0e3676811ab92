using System.Linq.Expressions;

namespace Services.Campaigns;

/// <summary>A person to write to.</summary>
internal sealed class Contact
{
    /// <summary>https://www.twilio.com/docs/whatsapp/sandbox: three days after joining, whatever the traffic.</summary>
    public static readonly TimeSpan MembershipTime = TimeSpan.FromHours(72);

    /// <summary>https://www.twilio.com/docs/whatsapp/key-concepts: the window for free text.</summary>
    public static readonly TimeSpan SessionTime = TimeSpan.FromHours(24);

    public required Guid Id { get; init; }

    /// <summary>E.164.</summary>
    public required string Phone { get; set; }

    public string? FirstName { get; set; }

    public string? LastName { get; set; }

    /// <summary>Both, folded: what the search looks through. The database keeps it right when they change.</summary>
    public string Names { get; private set; } = "";

    public string? Language { get; set; }

    public List<string> Tags { get; set; } = [];

    public Dictionary<string, string> Attributes { get; set; } = [];

    public DateTimeOffset? OptedOutAt { get; set; }

    /// <summary>When the person last said STOP or START.</summary>
    public DateTimeOffset? ConsentAt { get; set; }

    /// <summary>The person's last message: opens the 24 h window.</summary>
    public DateTimeOffset? LastInboundAt { get; set; }

    /// <summary>The last time the person joined the Sandbox.</summary>
    public DateTimeOffset? JoinedAt { get; set; }

    /// <summary>The last proof that the person is no member: error 63015, or they left.</summary>
    public DateTimeOffset? NotJoinedAt { get; set; }

    /// <summary>The provider's code that came with <see cref="NotJoinedAt"/>.</summary>
    public string? SandboxError { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public static Contact Create(ContactDetails details, DateTimeOffset now, Guid? id = null)
    {
        var contact = new Contact
        {
            Id = id ?? Guid.CreateVersion7(now),
            Phone = details.Phone.Value,
            CreatedAt = now,
        };
        contact.Change(details, now);
        return contact;
    }

    /// <summary>Replaces what people enter. With another number goes what was known of the old one.</summary>
    public void Change(ContactDetails details, DateTimeOffset now)
    {
        if (Phone != details.Phone.Value)
        {
            Phone = details.Phone.Value;
            (LastInboundAt, JoinedAt, NotJoinedAt, SandboxError) = (null, null, null, null);
        }

        (FirstName, LastName, Language) = (details.FirstName, details.LastName, details.Language);
        Names = Folded.Of(FirstName, LastName);
        Tags = [.. details.Tags];
        Attributes = new(details.Attributes);
        UpdatedAt = now;
    }

    public SandboxMembership MembershipAt(DateTimeOffset now)
    {
        var expiresAt = JoinedAt + MembershipTime;
        return NotJoinedAt is not null && !(JoinedAt >= NotJoinedAt)
            ? new(SandboxState.NotJoined, JoinedAt, null, SandboxError)
            : new(
                expiresAt is null ? SandboxState.Unknown
                    : expiresAt > now ? SandboxState.Joined : SandboxState.NotJoined,
                JoinedAt, expiresAt, null);
    }

    /// <summary><see cref="MembershipAt"/> as a condition for the database.</summary>
    public static Expression<Func<Contact, bool>> IsAt(SandboxState state, DateTimeOffset now)
    {
        var before = now - MembershipTime;
        return state switch
        {
            SandboxState.Joined => c => c.JoinedAt > before && (c.NotJoinedAt == null || c.JoinedAt >= c.NotJoinedAt),
            SandboxState.NotJoined => c => c.JoinedAt <= before
                || (c.NotJoinedAt != null && (c.JoinedAt == null || c.JoinedAt < c.NotJoinedAt)),
            SandboxState.Unknown => c => c.JoinedAt == null && c.NotJoinedAt == null,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
    }

    public CustomerSession SessionAt(DateTimeOffset now) =>
        new(LastInboundAt + SessionTime > now, LastInboundAt + SessionTime);
}

internal enum SandboxState
{
    Unknown,
    Joined,
    NotJoined,
}

/// <summary>Whether the person can be reached through the Sandbox, as far as we know.</summary>
/// <param name="State">As of now.</param>
/// <param name="JoinedAt">The last time they joined.</param>
/// <param name="ExpiresAt">When that membership ends, or ended; null if it ended before its time.</param>
/// <param name="LastError">The provider's code that proved they are no member.</param>
internal sealed record SandboxMembership(
    SandboxState State, DateTimeOffset? JoinedAt, DateTimeOffset? ExpiresAt, string? LastError);

/// <summary>The 24 hours after the person's last message, in which free text is allowed.</summary>
internal sealed record CustomerSession(bool Open, DateTimeOffset? ExpiresAt);
