namespace Frontend;

public enum MembershipState
{
    Unknown,
    Joined,
    NotJoined,
}

public sealed record Contact(
    Guid Id, string Phone, string? FirstName, string? LastName, string? Language, IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, string> Attributes, Membership Sandbox, CustomerWindow Session, bool OptedOut,
    DateTimeOffset? OptedOutAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The name, or the number of who has none.</summary>
    public string DisplayName => NameOf(FirstName, LastName) ?? Phone;

    /// <summary>Null if there is neither.</summary>
    public static string? NameOf(string? firstName, string? lastName) =>
        string.Join(' ', new[] { firstName, lastName }.Where(part => part is not null)) is { Length: > 0 } name
            ? name
            : null;
}

/// <summary>Of the Sandbox.</summary>
public sealed record Membership(
    MembershipState State, DateTimeOffset? JoinedAt, DateTimeOffset? ExpiresAt, string? LastError);

/// <summary>The time after a person's message in which free text is allowed.</summary>
public sealed record CustomerWindow(bool Open, DateTimeOffset? ExpiresAt);

/// <summary>What people enter about a contact; the API checks it.</summary>
public sealed record ContactForm(
    string? Phone, string? FirstName, string? LastName, string? Language, IReadOnlyList<string> Tags,
    IReadOnlyDictionary<string, string> Attributes);

/// <summary>Which contacts; null: whatever.</summary>
public sealed record ContactFilter(
    string? Search = null, string? Tag = null, MembershipState? Sandbox = null, bool? OptedOut = null,
    Guid? SegmentId = null);

/// <param name="Contacts">How many have it.</param>
public sealed record TagCount(string Tag, long Contacts);

/// <param name="Contacts">How many have it, roughly if there are many.</param>
public sealed record AttributeCount(string Name, long Contacts);
