using System.Data;
using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Services.Messaging;

/// <summary>
/// Looks for the accepted attempts in the provider's own list, and for messages there that the ledger does not know.
/// The list goes through a temporary table, so that a million messages cost flat memory.
/// </summary>
internal static class AuditProvider
{
    /// <summary>So many of a kind are named, of each campaign some; all are counted.</summary>
    private const int Named = 100;

    private const string InScope =
        "claimed_at >= $1 and ($2::uuid is null or campaign_id = $2::uuid) and provider = $3";

    /// <summary>Between our clock and the provider's; and a list may be that much behind.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public static async Task<Results<Ok<ProviderAudit>, ProblemHttpResult>> HandleAsync(
        DateTimeOffset since, Guid? campaignId, NpgsqlDataSource database, IMessageProvider provider,
        CancellationToken cancellationToken)
    {
        if (!provider.KeepsList)
        {
            return TypedResults.Problem(
                $"{provider.Name} keeps no list of messages: there is nothing to compare with.",
                statusCode: StatusCodes.Status502BadGateway);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            return TypedResults.Ok(await AuditAsync(
                new(connection, since, campaignId), provider, cancellationToken));
        }
        catch (ProviderSilentException exception)
        {
            return TypedResults.Problem(exception.Message, statusCode: StatusCodes.Status502BadGateway);
        }
        finally
        {
            if (connection.State is ConnectionState.Open)
            {
                await using var drop = new NpgsqlCommand("drop table if exists listed", connection);
                await drop.ExecuteNonQueryAsync(CancellationToken.None); // the connection is used again
            }
        }
    }

    private static async Task<ProviderAudit> AuditAsync(
        Audit audit, IMessageProvider provider, CancellationToken cancellationToken)
    {
        await audit.ExecuteAsync(
            "create temp table listed (id text primary key, created_at timestamptz)", cancellationToken);
        // What is accepted while the list is read need not be in it.
        var settled = (await audit.ReadAsync(
            "select clock_timestamp() - $1", row => row.GetFieldValue<DateTimeOffset>(0), cancellationToken,
            Margin))[0];
        foreach (var sender in await audit.ReadAsync(
            $"select distinct sender from send_attempts where {InScope}", row => row.GetString(0), cancellationToken,
            audit.Since, audit.CampaignId, provider.Name))
        {
            await foreach (var page in provider.ListAsync(new(sender, null, audit.Since - Margin), cancellationToken))
            {
                var ours = page.Where(message => !message.Inbound).ToList();
                await audit.ExecuteAsync(
                    "insert into listed select * from unnest($1, $2) on conflict do nothing", cancellationToken,
                    ours.Select(message => message.ProviderMessageId).ToArray(),
                    ours.Select(message => message.CreatedAt).ToArray());
            }
        }

        var (campaigns, missing) = await FindMissingAsync(audit, settled, provider, cancellationToken);
        // Strays are of no campaign.
        var (count, strays) = audit.CampaignId is null
            ? await FindStraysAsync(audit, settled, cancellationToken)
            : (0, []);
        return new(audit.Since, campaigns, missing, count, strays);
    }

    private static async Task<(List<CampaignAudit>, List<MissingMessage>)> FindMissingAsync(
        Audit audit, DateTimeOffset settled, IMessageProvider provider, CancellationToken cancellationToken)
    {
        var campaigns = await audit.ReadAsync($"""
            select campaign_id, count(id), count(*) filter (where id is null and changed_at < $4)
            from send_attempts left join listed on id = provider_message_id
            where state = 'accepted' and {InScope} group by 1
            """, row => new CampaignAudit(CampaignOf(row), row.GetInt64(1), row.GetInt64(2)), cancellationToken,
            audit.Since, audit.CampaignId, provider.Name, settled);
        var missing = await audit.ReadAsync($"""
            select campaign_id, message_id, attempt, provider_message_id
            from (
                select *, row_number() over (partition by campaign_id order by message_id, attempt) as place
                from send_attempts
                where state = 'accepted' and changed_at < $4 and {InScope}
                    and not exists (select from listed where id = provider_message_id)) missing
            order by place, message_id limit {Named}
            """, row => new MissingMessage(CampaignOf(row), row.GetGuid(1), row.GetInt32(2), row.GetString(3)),
            cancellationToken, audit.Since, audit.CampaignId, provider.Name, settled);
        foreach (var message in missing.ToList())
        {
            // Asked for by its id, it may be there after all.
            if (await provider.FindAsync(message.ProviderMessageId, cancellationToken) is not null)
            {
                missing.Remove(message);
                campaigns = campaigns.ConvertAll(campaign => campaign.CampaignId == message.CampaignId
                    ? campaign with { Found = campaign.Found + 1, Missing = campaign.Missing - 1 }
                    : campaign);
            }
        }

        return (campaigns, missing);

        static Guid? CampaignOf(NpgsqlDataReader row) => row.IsDBNull(0) ? null : row.GetGuid(0);
    }

    private static async Task<(long, List<StrayMessage>)> FindStraysAsync(
        Audit audit, DateTimeOffset settled, CancellationToken cancellationToken)
    {
        const string strays = """
            from listed where created_at between $1 and $2
                and not exists (select from send_attempts where provider_message_id = id)
            """;
        var count = await audit.ReadAsync(
            $"select count(*) {strays}", row => row.GetInt64(0), cancellationToken, audit.Since, settled);
        return (count[0], await audit.ReadAsync(
            $"select id, created_at {strays} order by 2 desc limit {Named}",
            row => new StrayMessage(row.GetString(0), row.GetFieldValue<DateTimeOffset>(1)), cancellationToken,
            audit.Since, settled));
    }

    /// <summary>What is asked for, and the connection that has the temporary table.</summary>
    private sealed record Audit(NpgsqlConnection Connection, DateTimeOffset Since, Guid? CampaignId)
    {
        public async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] values)
        {
            await using var command = Command(sql, values);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        public async Task<List<T>> ReadAsync<T>(
            string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object?[] values)
        {
            await using var command = Command(sql, values);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await row.ReadAsync(cancellationToken))
            {
                rows.Add(read(row));
            }

            return rows;
        }

        private NpgsqlCommand Command(string sql, object?[] values)
        {
            var command = new NpgsqlCommand(sql, Connection);
            command.Parameters.AddRange(Array.ConvertAll(
                values, value => new NpgsqlParameter { Value = value ?? DBNull.Value }));
            return command;
        }
    }
}
