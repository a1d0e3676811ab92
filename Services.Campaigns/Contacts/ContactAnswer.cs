namespace Services.Campaigns;

/// <summary>A contact as clients see it, with the two clocks that decide what can reach the person.</summary>
internal sealed record ContactAnswer(
    Guid Id, string Phone, string? FirstName, string? LastName, string? Language,
    IReadOnlyList<string> Tags, IReadOnlyDictionary<string, string> Attributes,
    SandboxMembership Sandbox, CustomerSession Session, bool OptedOut, DateTimeOffset? OptedOutAt,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ContactAnswer Of(Contact contact, DateTimeOffset now) => new(
        contact.Id, contact.Phone, contact.FirstName, contact.LastName, contact.Language,
        contact.Tags, contact.Attributes,
        contact.MembershipAt(now), contact.SessionAt(now), contact.OptedOutAt is not null, contact.OptedOutAt,
        contact.CreatedAt, contact.UpdatedAt);
}
