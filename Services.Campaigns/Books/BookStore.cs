using System.Text.Json;
using System.Text.Json.Serialization;
using Contracts;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What the checks found, and which are wanted.</summary>
internal sealed class BookStore(NpgsqlDataSource database)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>A check, of a campaign or of all, is wanted from now on, or wanted anew.</summary>
    public Task WishAsync(Guid? campaignId, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into book_wishes (scope, wanted_at) values ($1, $2)
            on conflict (scope) do update set wanted_at = excluded.wanted_at
            """, cancellationToken, campaignId ?? Guid.Empty, now);

    /// <summary>Wishes the check of this night, unless another replica has.</summary>
    public Task WishNightlyAsync(DateTimeOffset due, CancellationToken cancellationToken) =>
        // The others' clocks may be a little ahead.
        ExecuteAsync("""
            insert into book_wishes (scope, wanted_at)
            select $1, $2 where not exists (select from books where checked_at > $2 - interval '1 hour')
            on conflict do nothing
            """, cancellationToken, Guid.Empty, due);

    /// <summary>What is to be checked first.</summary>
    public async Task<BookWish?> NextWishAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("select scope, wanted_at from book_wishes order by 2 limit 1");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1))
            : null;
    }

    /// <summary>Done, unless it was wished anew meanwhile.</summary>
    public Task DoneAsync(BookWish wish, CancellationToken cancellationToken) => ExecuteAsync(
        "delete from book_wishes where scope = $1 and wanted_at = $2", cancellationToken, wish.Scope, wish.WantedAt);

    /// <summary>A check that concerns the campaign, or any, is wanted or under way.</summary>
    public async Task<bool> IsRunningAsync(Guid? campaignId, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select exists (select from book_wishes where $1 = $2 or scope in ($1, $2))",
            campaignId ?? Guid.Empty, Guid.Empty);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Since when the campaign can have sent anything, tests included; null if there is none.</summary>
    public async Task<DateTimeOffset?> CreatedAtAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("select created_at from campaigns where id = $1", campaignId);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at ? new(at, TimeSpan.Zero) : null;
    }

    /// <summary>The campaign, or all that have something to count.</summary>
    public async Task<List<Guid>> CampaignsAsync(Guid? campaignId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select id from campaigns c
            where case when $1 <> $2 then id = $1 else exists (select from messages where campaign_id = c.id)
                or exists (select from campaign_counters where campaign_id = c.id) end
            order by id
            """, campaignId ?? Guid.Empty, Guid.Empty);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    /// <summary>What was found of a campaign, in place of what was found before.</summary>
    public Task SaveAsync(
        Guid campaignId, DateTimeOffset checkedAt, BookNumbers numbers, Differences differences,
        CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into campaign_books (campaign_id, checked_at, numbers, difference_count, differences)
            select id, $2, $3, $4, $5 from campaigns where id = $1
            on conflict (campaign_id) do update set
                checked_at = excluded.checked_at, numbers = excluded.numbers,
                difference_count = excluded.difference_count, differences = excluded.differences
            """, cancellationToken,
            campaignId, checkedAt, Text(numbers), differences.Count, Text(differences.First));

    /// <summary>What was found beyond single campaigns.</summary>
    public Task SaveAsync(
        DateTimeOffset checkedAt, long? strayCount, IReadOnlyList<StrayMessage> strays,
        CancellationToken cancellationToken) =>
        ExecuteAsync("""
            insert into books (checked_at, stray_count, strays) values ($1, $2::bigint, $3)
            on conflict (only_row) do update set
                checked_at = excluded.checked_at, stray_count = excluded.stray_count, strays = excluded.strays
            """, cancellationToken, checkedAt, strayCount, Text(strays));

    /// <summary>The reports: of one campaign, or of all, with differences first.</summary>
    public async Task<List<CampaignBooks>> ReadAsync(Guid? campaignId, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select b.campaign_id, c.name, b.checked_at, b.numbers, b.difference_count, b.differences
            from campaign_books b join campaigns c on c.id = b.campaign_id
            where $1 = $2 or b.campaign_id = $1
            order by b.difference_count > 0 desc, b.campaign_id desc
            """, campaignId ?? Guid.Empty, Guid.Empty);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var books = new List<CampaignBooks>();
        while (await reader.ReadAsync(cancellationToken))
        {
            books.Add(new(
                reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2),
                JsonSerializer.Deserialize<BookNumbers>(reader.GetString(3), Json)!, reader.GetInt64(4),
                JsonSerializer.Deserialize<List<Difference>>(reader.GetString(5), Json)!));
        }

        return books;
    }

    /// <summary>Null before the first check of all campaigns.</summary>
    public async Task<OverallBooks?> ReadOverallAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("select checked_at, stray_count, strays from books");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(
                reader.GetFieldValue<DateTimeOffset>(0), reader.IsDBNull(1) ? null : reader.GetInt64(1),
                JsonSerializer.Deserialize<List<StrayMessage>>(reader.GetString(2), Json)!)
            : null;
    }

    private static Sql.Json Text<T>(T value) => new(JsonSerializer.Serialize(value, Json));

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <param name="Scope">A campaign; empty: all.</param>
internal sealed record BookWish(Guid Scope, DateTimeOffset WantedAt);

internal sealed record CampaignBooks(
    Guid CampaignId, string Name, DateTimeOffset CheckedAt, BookNumbers Numbers, long DifferenceCount,
    IReadOnlyList<Difference> Differences);

internal sealed record OverallBooks(DateTimeOffset CheckedAt, long? StrayCount, IReadOnlyList<StrayMessage> Strays);
