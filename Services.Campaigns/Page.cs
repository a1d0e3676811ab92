using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A part of a list, newest first. <see cref="NextCursor"/> leads to the next part; null at the end.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total)
{
    /// <summary>There are more than <see cref="Total"/>: counting them all would take too long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TotalIsAtLeast { get; init; }
}

/// <summary>Which part of a list to read. The cursor is the key of the last item seen.</summary>
internal sealed record PageRequest<TKey>(int Limit, TKey? After)
    where TKey : struct, IParsable<TKey>
{
    /// <summary>The page of <paramref name="rows"/>, of which one more than asked for was read.</summary>
    public Page<T> Cut<T>(IReadOnlyList<T> rows, Func<T, TKey> keyOf, long total) => rows.Count > Limit
        ? new([.. rows.Take(Limit)], Convert.ToString(keyOf(rows[Limit - 1]), CultureInfo.InvariantCulture), total)
        : new(rows, null, total);
}

internal static class PageRequest
{
    private const int Default = 50;
    private const int Most = 500;

    /// <summary>Of a list in the order of ids, which grow with time.</summary>
    /// <inheritdoc cref="Read{TKey}"/>
    public static ValidationProblem? Read(int? limit, string? cursor, out PageRequest<Guid> page) =>
        Read<Guid>(limit, cursor, out page);

    /// <summary>Null if limit and cursor can be read, else the answer that says what is wrong.</summary>
    public static ValidationProblem? Read<TKey>(int? limit, string? cursor, out PageRequest<TKey> page)
        where TKey : struct, IParsable<TKey>
    {
        page = new(
            limit ?? Default, TKey.TryParse(cursor, CultureInfo.InvariantCulture, out var after) ? after : null);
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
        this IQueryable<T> rows, PageRequest<Guid> page, Func<T, Guid> idOf, Func<T, TItem> itemOf,
        CancellationToken cancellationToken)
        where T : class
    {
        return await rows.ToPageAsync(
            await rows.LongCountAsync(cancellationToken), page, idOf, itemOf, cancellationToken);
    }

    /// <summary>The same for whom counts by themselves.</summary>
    public static async Task<Page<TItem>> ToPageAsync<T, TItem>(
        this IQueryable<T> rows, long total, PageRequest<Guid> page, Func<T, Guid> idOf, Func<T, TItem> itemOf,
        CancellationToken cancellationToken)
        where T : class
    {
        var after = page.After is { } last ? rows.Where(row => EF.Property<Guid>(row, "Id") < last) : rows;
        // One more than asked for tells whether there is a next page.
        var read = await after.OrderByDescending(row => EF.Property<Guid>(row, "Id"))
            .Take(page.Limit + 1).AsNoTracking().ToListAsync(cancellationToken);
        var cut = page.Cut(read, idOf, total);
        return new([.. cut.Items.Select(itemOf)], cut.NextCursor, total);
    }
}
