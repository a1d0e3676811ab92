namespace Frontend;

/// <param name="ContentSid">Its id at the provider.</param>
public sealed record Template(
    Guid Id, string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>What people enter about a template; the API checks it.</summary>
/// <param name="Variables">Null: those of the body.</param>
public sealed record TemplateForm(
    string? Name, string? ContentSid, string? Language, string? Body, IReadOnlyList<string>? Variables = null);
