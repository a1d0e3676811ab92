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
public sealed record ContactImport(
    Guid Id, string? FileName, ImportState State, double Progress, long RowsRead, long Inserted, long Updated,
    long Unchanged, long Duplicates, long Rejected, ImportError? Error)
{
    public bool IsUnderWay => State is ImportState.Pending or ImportState.Running;
}

public sealed record ImportError(string? Field, int? Line, string Detail);

public sealed record ImportStarted(Guid ImportId);

/// <summary>A row that was left out, and why.</summary>
public sealed record RejectedRow(long Row, long Line, string? Column, string Reason, IReadOnlyList<string> Cells);
