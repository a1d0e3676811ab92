using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A part of a list, newest first. <see cref="NextCursor"/> leads to the next part; null at the end.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total);

/// <summary>Which part of a list to read. The cursor is the id of the last item seen: ids grow with time.</summary>
internal sealed record PageRequest(int Limit, Guid? After)
{
    private const int Default = 50;
    private const int Most = 500;

    /// <summary>Null if limit and cursor can be read, else the answer that says what is wrong.</summary>
    public static ValidationProblem? Read(int? limit, string? cursor, out PageRequest page)
    {
        page = new(limit ?? Default, Guid.TryParse(cursor, out var after) ? after : null);
        return page.Limit is < 1 or > Most ? Problems.Field("limit", $"A page has 1 to {Most} items.")
            : !string.IsNullOrEmpty(cursor) && page.After is null
                ? Problems.Field("cursor", "This is no cursor: take nextCursor from the page before.")
                : null;
    }
}

internal static class Paging
{
    /// <summary>Reads one page of <paramref name="rows"/>, whose key is <c>Id</c>, and counts them all.</summary>
    public static async Task<Page<TItem>> ToPageAsync<T, TItem>(
        this IQueryable<T> rows, PageRequest page, Func<T, Guid> idOf, Func<T, TItem> itemOf,
        CancellationToken cancellationToken)
        where T : class
    {
        var total = await rows.LongCountAsync(cancellationToken);
        var after = page.After is { } last ? rows.Where(row => EF.Property<Guid>(row, "Id") < last) : rows;
        // One more than asked for tells whether there is a next page.
        var read = await after.OrderByDescending(row => EF.Property<Guid>(row, "Id"))
            .Take(page.Limit + 1).AsNoTracking().ToListAsync(cancellationToken);
        var items = read.Take(page.Limit).ToList();
        return new([.. items.Select(itemOf)], read.Count > items.Count ? idOf(items[^1]).ToString() : null, total);
    }
}
