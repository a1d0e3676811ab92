namespace Frontend;

/// <param name="ContentSid">Its id at the provider.</param>
/// <param name="Approval">Null: never seen at the provider.</param>
public sealed record Template(
    Guid Id, string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Approval = null)
{
    public bool IsIn(string language) =>
        string.Equals(Language.Replace('_', '-'), language.Replace('_', '-'), StringComparison.OrdinalIgnoreCase);
}

/// <summary>What people enter about a template; the API checks it.</summary>
/// <param name="Variables">Null: those of the body.</param>
public sealed record TemplateForm(
    string? Name, string? ContentSid, string? Language, string? Body, IReadOnlyList<string>? Variables = null);

/// <param name="Skipped">Cannot be sent as a text with variables.</param>
/// <param name="Missing">Were there once, and are not any more.</param>
public sealed record TemplatesSynced(int Added, int Updated, int Unchanged, int Skipped = 0, int Missing = 0);
