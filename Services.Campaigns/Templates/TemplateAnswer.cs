namespace Services.Campaigns;

/// <summary>A template as clients see it.</summary>
/// <param name="Approval">
/// What the provider says of it: approved, pending, rejected, paused, disabled, unsubmitted…; missing: it was in the
/// provider's list, and is not any more; null if it never said anything.
/// </param>
internal sealed record TemplateAnswer(
    Guid Id, string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables,
    string? Approval, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static TemplateAnswer Of(Template template) => new(
        template.Id, template.Name, template.ContentSid, template.Language, template.Body, template.Variables,
        template.Approval, template.CreatedAt, template.UpdatedAt);
}
