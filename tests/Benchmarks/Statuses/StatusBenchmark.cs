using Contracts;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;
using Services.Campaigns;
using Testing;

namespace Benchmarks;

/// <summary>
/// Status reports through <see cref="MessageBook"/>, without the broker, against one statement over a table of three
/// columns that moves status and counters and remembers nothing else: as fast as one writer can be.
/// </summary>
internal static class StatusBenchmark
{
    private const int Campaigns = 5;
    private const int BatchSize = 500;

    private static readonly DeliveryStatus[] Statuses =
        [DeliveryStatus.Queued, DeliveryStatus.Sent, DeliveryStatus.Delivered, DeliveryStatus.Read];

    public static async Task<int> RunAsync(string[] options)
    {
        var messages = CampaignBenchmark.Option(options, "--messages", 100_000);
        var reported = Math.Min(messages, CampaignBenchmark.Option(options, "--reported", messages));
        await using var databases = new DatabaseFixture();
        await databases.InitializeAsync();
        await using var database = NpgsqlDataSource.Create(Database.Prepared(await databases.CreateDatabaseAsync()));
        await PrepareAsync(database, messages);
        var events = await EventsAsync(database, reported);
        Console.WriteLine(
            $"{messages} messages, {events.Length} reports on {reported} of them, batches of {BatchSize}");

        var bare = await TimeAsync(() => BareAsync(database, events));
        var ours = await TimeAsync(() => OursAsync(database, events));
        Console.WriteLine(
            $"bare {events.Length / bare:F0}/s, ours {events.Length / ours:F0}/s ({ours / events.Length * 1e6:F1} µs each), "
            + $"ratio {bare / ours:F2}");

        var wrong = await CountAsync(database, """
            select count(*) from (
                (select campaign_id, status, count(*) from messages group by 1, 2
                 except select campaign_id, status, n from campaign_counters)
                union all
                (select campaign_id, status, n from campaign_counters where n <> 0
                 except select campaign_id, status, count(*) from messages group by 1, 2)) as difference
            """);
        var unread = 2 * reported - await CountAsync(database, "select count(*) from messages where status = 7")
            - await CountAsync(database, "select count(*) from bare where rank = 4");
        Console.WriteLine($"{unread} not read, {wrong} counters differ from a recount");
        return unread + wrong == 0 ? 0 : 1;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>All at once, as many as the consumers would let in.</summary>
    private static async Task OursAsync(NpgsqlDataSource database, (Guid Id, DeliveryStatus Status)[] events)
    {
        using var dispatcher = new MessageDispatcher(
            null!, null!, null!, TimeProvider.System, NullLogger<MessageDispatcher>.Instance); // woken, never run
        var senders = new Senders(Options.Create(new SandboxOptions()), Options.Create(new SendingOptions()));
        using var book = new MessageBook(database, dispatcher, senders, TimeProvider.System);
        await book.StartAsync(CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        await Parallel.ForEachAsync(
            events, new ParallelOptions { MaxDegreeOfParallelism = 2 * BatchSize },
            async (report, cancellationToken) => await book.EnterAsync(
                report.Id, new MessageReport.Status(1, report.Status, $"SM{report.Id:N}", now), cancellationToken));
        await book.StopAsync(CancellationToken.None);
    }

    private static async Task BareAsync(NpgsqlDataSource database, (Guid Id, DeliveryStatus Status)[] events)
    {
        await using var connection = await database.OpenConnectionAsync();
        foreach (var batch in events.Chunk(BatchSize))
        {
            await using var command = new NpgsqlCommand("""
                with reported as (
                    select distinct on (id) id, rank from unnest($1, $2) as e (id, rank) order by id, rank desc
                ), known as (
                    select b.id, b.rank as was, r.rank as becomes, b.campaign_id from bare b join reported r using (id)
                    where b.rank < r.rank order by b.id for update of b
                ), moved as (
                    update bare b set rank = k.becomes from known k where b.id = k.id returning k.*
                ), delta as (
                    select campaign_id, rank, sum(d) as d from (
                        select campaign_id, was as rank, -count(*) as d from moved group by 1, 2
                        union all select campaign_id, becomes, count(*) from moved group by 1, 2) x
                    group by 1, 2
                )
                insert into bare_counters as c (campaign_id, rank, n)
                select campaign_id, rank, d from delta order by 1, 2
                on conflict (campaign_id, rank) do update set n = c.n + excluded.n
                """, connection)
            {
                Parameters =
                {
                    new() { Value = Array.ConvertAll(batch, report => report.Id) },
                    new() { Value = Array.ConvertAll(batch, report => RankOf(report.Status)) },
                },
            };
            await command.ExecuteNonQueryAsync();
        }
    }

    private static short RankOf(DeliveryStatus status) => (short)(1 + Array.IndexOf(Statuses, status));

    /// <summary>Every message was sent a moment ago.</summary>
    private static async Task PrepareAsync(NpgsqlDataSource database, int messages)
    {
        var assembly = typeof(MessageBook).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            using var sql = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await ExecuteAsync(database, await sql.ReadToEndAsync());
        }

        await ExecuteAsync(database, $$"""
            insert into templates (id, name, content_sid, language, body, variables, created_at, updated_at)
            values (uuid_v7(), 'Rappel', 'HX', 'fr', 'Bonjour', '{}', now(), now());
            insert into campaigns (id, name, status, template_id, variables, audience, created_at, updated_at)
            select uuid_v7(), 'Printemps', 'running', t.id, '{}', '{"all": true}', now(), now()
            from templates t, generate_series(1, {{Campaigns}});
            insert into contacts (id, phone, created_at, updated_at)
            select uuid_v7(), '+' || n, now(), now() from generate_series(1, {{messages}}) n;
            insert into messages (
                id, campaign_id, contact_id, kind, phone, status, attempts, provider_message_id, variables, created_at,
                queued_at, expires_at, sent_at, timeline)
            select m.id, campaign.id, m.contact_id, 1, m.phone, 4, 1, 'SM' || replace(m.id::text, '-', ''),
                '{"1": "Zoé"}', now(), now(), now(), now(),
                jsonb_build_array(
                    jsonb_build_object('at', now(), 'event', 'queued', 'attempt', 1, 'detail', null),
                    jsonb_build_object('at', now(), 'event', 'accepted', 'attempt', 1, 'detail', null))
            from (select uuid_v7() as id, id as contact_id, phone, row_number() over () as n from contacts) m
            join (select id, row_number() over () as n from campaigns) campaign on campaign.n = 1 + m.n % {{Campaigns}};
            insert into campaign_counters select campaign_id, kind, status, count(*) from messages group by 1, 2, 3;
            create table bare (id uuid primary key, campaign_id uuid not null, rank smallint not null)
                with (fillfactor = 85);
            insert into bare select id, campaign_id, 0 from messages;
            create table bare_counters (campaign_id uuid, rank smallint, n bigint, primary key (campaign_id, rank));
            vacuum analyze;
            """);
    }

    /// <summary>Each status of the messages that were sent last, every fourth twice, in any order.</summary>
    private static async Task<(Guid Id, DeliveryStatus Status)[]> EventsAsync(NpgsqlDataSource database, int reported)
    {
        await using var command = database.Command("select id from messages order by id desc limit $1", reported);
        await using var row = await command.ExecuteReaderAsync();
        var events = new List<(Guid, DeliveryStatus)>();
        while (await row.ReadAsync())
        {
            foreach (var status in Statuses)
            {
                events.Add((row.GetGuid(0), status));
                if (events.Count % 5 == 4)
                {
                    events.Add(events[^1]);
                }
            }
        }

        var shuffled = events.ToArray();
        new Random(1).Shuffle(shuffled);
        return shuffled;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        // One by one: vacuum takes no part in a transaction.
        foreach (var statement in sql.EndsWith("vacuum analyze;", StringComparison.Ordinal)
            ? sql.Split(";\n") : [sql])
        {
            await using var command = database.CreateCommand(statement);
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.Command(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
