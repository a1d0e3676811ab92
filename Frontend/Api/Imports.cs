using System.Text.Json.Serialization;

namespace Frontend;

public enum ImportState
{
    Pending,
    Running,
    Completed,
    Failed,
}

/// <summary>A file of contacts, and how far it is.</summary>
/// <param name="Progress">From 0 to 1.</param>
/// <param name="RowsTotal">Null while nobody knows.</param>
/// <param name="Phase">undoing, while it is taken back.</param>
/// <param name="CanUndo">What it has changed can be taken back.</param>
/// <param name="Kept">Who was left alone when it was taken back, since something had happened to them.</param>
public sealed record ContactImport(
    Guid Id, string? FileName, string? UserName, ImportState State, double Progress, long RowsRead, long Inserted,
    long Updated, long Unchanged, long Duplicates, long Rejected, IReadOnlyList<ImportColumn> Columns,
    ImportError? Error, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, long? RowsTotal = null,
    string? Phase = null, bool CanUndo = false, DateTimeOffset? UndoneAt = null, string? UndoneBy = null,
    long Removed = 0, long Restored = 0, long Kept = 0)
{
    // Before that the pace says little.
    private const double Known = 0.05;

    public bool IsUnderWay => State is ImportState.Pending or ImportState.Running;

    public bool IsUndoing => Phase is "undoing";

    /// <summary>Each row of the file is in one of these in the end.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Name, long Count)> Piles =>
    [
        ("Inserted", Inserted), ("Updated", Updated), ("Unchanged", Unchanged), ("Duplicates", Duplicates),
        ("Rejected", Rejected),
    ];

    /// <summary>If it goes on as it has begun; null while that cannot be said.</summary>
    public TimeSpan? Remaining(DateTimeOffset now) => !IsUndoing && StartedAt is { } start && Progress is > Known and < 1 && now > start
        ? (now - start) * ((1 - Progress) / Progress)
        : null;
}

/// <param name="Field">phone, firstName, lastName, language, tags, optedOut, attributes.NAME or ignore.</param>
public sealed record ImportColumn(string Name, string Field);

public sealed record ImportError(string? Field, long? Line, string Detail);

public sealed record ImportStarted(Guid ImportId);

/// <summary>A row that was left out, and why.</summary>
/// <param name="Field">What is wrong: phone, attributes.city, columns …</param>
/// <param name="Column">The name of the column that is wrong; null if the row is as a whole.</param>
/// <param name="Cells">A short row has fewer of them than columns, a long one more.</param>
public sealed record RejectedRow(
    long Row, long Line, string Field, string? Column, string Reason, IReadOnlyList<string> Cells);

/// <summary>What somebody says about a file.</summary>
/// <param name="Country">Whose the numbers are that do not name theirs; null: as the API thinks.</param>
/// <param name="Tags">Put on everybody in the file.</param>
/// <param name="OptOut">The people in the file want no messages.</param>
/// <param name="Map">Which column is what.</param>
public sealed record ImportWish(
    string? Country, IReadOnlyList<string> Tags, bool OptOut, IReadOnlyList<ImportColumn> Map)
{
    public string AddTo(string path, string? fileName = null) => Query.Of(
        path,
        [
            ("name", fileName), ("country", Country), ("list", OptOut ? "optOut" : null),
            .. Tags.Select(tag => ("tag", (object?)tag)),
            .. Map.Select(column => ("map", (object?)$"{column.Name}:{column.Field}")),
        ]);
}

/// <summary>How the API reads the beginning of a file.</summary>
/// <param name="Language">Of the header; null if it says nothing.</param>
/// <param name="Rows">How many it has looked at.</param>
public sealed record ImportCheck(
    char Delimiter, string Encoding, string? Language, string Country, IReadOnlyList<CheckedColumn> Columns, int Rows,
    IReadOnlyList<ImportProblem> Problems);

/// <param name="Field">phone, firstName, lastName, language, tags, optedOut, attribute or ignore.</param>
/// <param name="Samples">Its first values.</param>
public sealed record CheckedColumn(string Header, string Field, IReadOnlyList<string> Samples);

/// <param name="Line">Null: the columns as such.</param>
public sealed record ImportProblem(long? Line, string? Column, string Field, string Reason);
