namespace Services.Campaigns;

/// <summary>A template as clients see it.</summary>
internal sealed record TemplateAnswer(
    Guid Id, string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static TemplateAnswer Of(Template template) => new(
        template.Id, template.Name, template.ContentSid, template.Language, template.Body, template.Variables,
        template.CreatedAt, template.UpdatedAt);
}
