namespace Services.Campaigns;

/// <summary>A person to write to.</summary>
internal sealed class Contact
{
    public required Guid Id { get; init; }

    /// <summary>E.164.</summary>
    public required string Phone { get; set; }

    public string? FirstName { get; set; }

    public string? LastName { get; set; }

    public string? Language { get; set; }

    public List<string> Tags { get; set; } = [];

    public Dictionary<string, string> Attributes { get; set; } = [];

    public DateTimeOffset? OptedOutAt { get; set; }

    /// <summary>The person's last message: opens the 24 h window.</summary>
    public DateTimeOffset? LastInboundAt { get; set; }

    public DateTimeOffset? JoinedAt { get; set; }

    public DateTimeOffset? NotJoinedAt { get; set; }

    public string? SandboxError { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}
