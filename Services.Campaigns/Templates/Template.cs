namespace Services.Campaigns;

/// <summary>A template approved by WhatsApp, known to the provider under <see cref="ContentSid"/>.</summary>
internal sealed class Template
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Twilio's <c>HX…</c>.</summary>
    public required string ContentSid { get; set; }

    public required string Language { get; set; }

    /// <summary>With its variables as <c>{{1}}</c>.</summary>
    public required string Body { get; set; }

    public List<string> Variables { get; set; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}
