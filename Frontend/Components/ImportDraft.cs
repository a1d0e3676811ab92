namespace Frontend.Components;

/// <summary>A file that somebody is about to import: what its columns are, and what becomes of its people.</summary>
public sealed class ImportDraft(string fileName, ImportCheck check)
{
    public const string Attribute = "attribute";
    public const string Ignore = "ignore";

    /// <summary>What one column at most can be.</summary>
    private static readonly string[] Single = ["phone", "firstName", "lastName", "language", "tags", "optedOut"];

    private readonly string[] fields = [.. check.Columns.Select(column => column.Field)];

    /// <summary>What a column can be, in the order of the choice.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. Single, Attribute, Ignore];

    public string FileName => fileName;

    public IReadOnlyList<CheckedColumn> Columns => check.Columns;

    public string? Country { get; set; } = check.Country;

    /// <summary>With commas between them.</summary>
    public string? Tags { get; set; }

    public bool OptOut { get; set; }

    /// <summary>What the API is asked for; it knows by itself what nobody has changed.</summary>
    public ImportWish Wish => new(
        Country, OptOut ? [] : SplitTags(Tags), OptOut, IsChanged ? Map : []);

    public string FieldOf(int column) => fields[column];

    /// <summary>A column without a name cannot be told apart from others.</summary>
    public bool CanChoose(int column) => !string.IsNullOrWhiteSpace(check.Columns[column].Header);

    /// <summary>Of two columns for the same, the one that was chosen last is; the other is kept as an attribute.</summary>
    public void Choose(int column, string field)
    {
        var other = Single.Contains(field) ? Array.IndexOf(fields, field) : -1;
        if (other >= 0)
        {
            fields[other] = Attribute;
        }

        fields[column] = field;
    }

    public static IReadOnlyList<string> SplitTags(string? tags) =>
        [.. (tags ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct()];

    private bool IsChanged => !fields.SequenceEqual(check.Columns.Select(column => column.Field));

    // Attributes that are alone with their name are left out: a file has many of them, and an address has an end.
    private ImportColumn[] Map => [.. fields
        .Select((chosen, index) => (Column: check.Columns[index], Field: chosen, CanChoose: CanChoose(index)))
        .Where(chosen => chosen.CanChoose && (chosen.Field != Attribute || chosen.Column.Field != Attribute
            || check.Columns.Count(other => other.Header.Trim() == chosen.Column.Header.Trim()) > 1))
        .Select(chosen => new ImportColumn(chosen.Column.Header, chosen.Field))];
}
