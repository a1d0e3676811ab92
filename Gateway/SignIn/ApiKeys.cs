using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Gateway;

internal sealed record ApiKey(
    Guid Id, string Name, string Role, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>The API keys in gatewaydb: only their hashes.</summary>
internal sealed class ApiKeys(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Prefix = "cmp_"; // lets scanners of leaked secrets, and people, recognise one
    private const string Columns = "id, name, role, created_at, expires_at, last_used_at";
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(1);

    public async Task<(ApiKey Entry, string Key)> CreateAsync(
        Guid id, string name, string role, DateTimeOffset? expiresAt, Deed deed, CancellationToken cancellationToken)
    {
        var key = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var command = deed.Command(database, $"""
            insert into api_keys (id, name, key_hash, role, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)
            returning {Columns}
            """, id, name, Hash(key), role, clock.GetUtcNow(), expiresAt?.ToUniversalTime());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (Read(reader), key);
    }

    /// <summary>The entry of a key that holds now. Notes the use, to the minute.</summary>
    public async Task<ApiKey?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        await using var command = database.CreateCommand($"""
            select {Columns} from api_keys where key_hash = $1 and (expires_at is null or expires_at > $2)
            """);
        command.Parameters.Add(new() { Value = Hash(key) });
        command.Parameters.Add(new() { Value = now });
        ApiKey entry;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return null;
            }

            entry = Read(reader);
        }

        if (entry.LastUsedAt is not { } last || last <= now - UseStep)
        {
            await using var used = database.CreateCommand("update api_keys set last_used_at = $2 where id = $1");
            used.Parameters.Add(new() { Value = entry.Id });
            used.Parameters.Add(new() { Value = now });
            await used.ExecuteNonQueryAsync(cancellationToken);
        }

        return entry;
    }

    public async Task<bool> HasAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1 from api_keys where id = $1");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>A page in the order of creation, and how many there are.</summary>
    public async Task<(IReadOnlyList<ApiKey> Page, long Total)> ListAsync(
        Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select count(*) from api_keys"));
        batch.BatchCommands.Add(new($"select {Columns} from api_keys where id > $1 order by id limit $2")
        {
            Parameters = { new() { Value = after }, new() { Value = limit } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var page = new List<ApiKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(Read(reader));
        }

        return (page, total);
    }

    public async Task<bool> DeleteAsync(Guid id, Deed deed, CancellationToken cancellationToken)
    {
        await using var command = deed.Command(
            database, "delete from api_keys where id = $1 returning id, name", id);
        return await command.ExecuteScalarAsync(cancellationToken) is Guid;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static ApiKey Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3),
        Optional(reader, 4), Optional(reader, 5));

    private static DateTimeOffset? Optional(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
}
