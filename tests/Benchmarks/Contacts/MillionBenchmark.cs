using System.Diagnostics;
using System.Globalization;
using RabbitMQ.Client;

namespace Benchmarks;

/// <summary>A campaign to everybody: its launch, its numbers, its lists and its file.</summary>
internal static class MillionBenchmark
{
    private const string Orders = "Contracts:SendMessage";
    private const int Calls = 500;
    private const int Pages = 300;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(string[] options)
    {
        var rows = options is ["--rows", var text] ? int.Parse(text, CultureInfo.InvariantCulture) : 1_000_000;
        await using var campaigns = await CampaignsProcess.StartAsync(new Dictionary<string, string>());
        await using var broker = await new ConnectionFactory { Uri = campaigns.Broker }.CreateConnectionAsync();
        await using var channel = await broker.CreateChannelAsync();
        var queue = await BindAsync(channel);
        await campaigns.ExecuteAsync("""
            with counted as (insert into contact_counts values ($1))
            insert into contacts (
                id, import_id, phone, first_name, tags, attributes, joined_at, created_at, updated_at)
            select uuid_v7(), '00000000-0000-7000-8000-000000000000', '+336' || lpad(n::text, 8, '0'), 'N° ' || n,
                array['all', case when n % 20 = 0 then 'vip' else 'client' end],
                jsonb_build_object('ville', case when n % 10 = 5 then 'Lyon' else 'Brest' end, 'points', (n % 100)::text),
                case when n % 2 = 0 then now() end, now(), now()
            from generate_series(1, $1) n
            """, rows);
        await campaigns.ExecuteAsync("vacuum analyze contacts");
        var id = await DraftAsync(campaigns);
        campaigns.ForgetPeak();
        var started = Stopwatch.GetTimestamp();
        await campaigns.PostAsync($"/api/campaigns/{id}/launch", new { });
        var answered = Stopwatch.GetElapsedTime(started);
        var (first, all) = await LaunchedAsync(campaigns, channel, queue, id, rows, started);
        Console.WriteLine(
            $"{rows} recipients: launch answered in {answered.TotalMilliseconds:F0} ms, "
            + $"first message after {first.TotalSeconds:F2} s, all rows after "
            + $"{all.TotalSeconds:F1} s; at most {campaigns.PeakMemory:F0} MB above {campaigns.IdleMemory:F0} MB");

        await campaigns.PostAsync($"/api/campaigns/{id}/pause", new { });
        await SettleAsync(campaigns, id);
        await CountAsync(campaigns, id);
        Console.WriteLine($"stats: {CampaignsProcess.Told(await campaigns.LatenciesAsync(
            $"/api/campaigns/{id}/stats", Calls))}");
        Console.WriteLine($"messages?status=failed, page after page: {CampaignsProcess.Told(
            await PagesAsync(campaigns, $"/api/campaigns/{id}/messages?status=failed&limit=50"))}");

        campaigns.ForgetPeak();
        started = Stopwatch.GetTimestamp();
        var lines = await ExportAsync(campaigns, id);
        var perSecond = lines / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(
            $"export: {lines} rows, {perSecond:F0}/s; at most {campaigns.PeakMemory:F0} MB above idle");
        await channel.QueueDeleteAsync(queue);
        return lines == rows ? 0 : 1;
    }

    /// <summary>Takes Messaging's place: without it the orders would go nowhere.</summary>
    private static async Task<string> BindAsync(IChannel channel)
    {
        var queue = await channel.QueueDeclareAsync(
            $"benchmark-{Guid.NewGuid():n}", durable: true, exclusive: false, autoDelete: false);
        await channel.ExchangeDeclareAsync(Orders, ExchangeType.Fanout, durable: true);
        await channel.QueueBindAsync(queue.QueueName, Orders, "");
        return queue.QueueName;
    }

    private static async Task<string> DraftAsync(CampaignsProcess campaigns)
    {
        var template = await campaigns.PostAsync("/api/templates", new
        {
            name = "Rappel",
            contentSid = "HXb5b62575e6e4ff6129ad7c8efe1f983e",
            language = "fr",
            body = "Bonjour {{1}}, à {{2}} !",
        });
        var campaign = await campaigns.PostAsync("/api/campaigns", new
        {
            name = "Benchmark",
            message1 = new
            {
                templateId = (string?)template["id"],
                variables = new Dictionary<string, string> { ["1"] = "{{firstName}}", ["2"] = "{{ville}}" },
            },
            audience = new { all = true },
        });
        return (string)campaign["id"]!;
    }

    private static async Task<(TimeSpan First, TimeSpan All)> LaunchedAsync(
        CampaignsProcess campaigns, IChannel channel, string queue, string id, int rows, long started)
    {
        using var timer = new PeriodicTimer(Look);
        var (first, all) = (TimeSpan.Zero, TimeSpan.Zero);
        while (first == TimeSpan.Zero || all == TimeSpan.Zero)
        {
            await timer.WaitForNextTickAsync();
            if (first == TimeSpan.Zero && await channel.MessageCountAsync(queue) > 0)
            {
                first = Stopwatch.GetElapsedTime(started);
            }

            if (all == TimeSpan.Zero
                && (int)(await campaigns.GetAsync($"/api/campaigns/{id}/stats"))["total"]! == rows)
            {
                all = Stopwatch.GetElapsedTime(started);
            }
        }

        return (first, all);
    }

    /// <summary>As if it were over: of twenty messages one has failed, the others were read.</summary>
    private static async Task SettleAsync(CampaignsProcess campaigns, string id)
    {
        await campaigns.ExecuteAsync("""
            update messages set
                status = case when hashtext(id::text) % 20 = 0 then 5 else 7 end, attempts = 1, next_attempt_at = null,
                expires_at = null, queued_at = now(), sent_at = now() - random() * interval '4 hours',
                delivered_at = now(), read_at = now(),
                replied_at = case when hashtext(id::text) % 10 = 1 then now() end,
                error_code = case when hashtext(id::text) % 20 = 0 then '63016' end,
                provider_message_id = 'SM' || replace(id::text, '-', '')
            where campaign_id = $1
            """, Guid.Parse(id));
        await campaigns.ExecuteAsync("delete from campaign_counters where campaign_id = $1", Guid.Parse(id));
        await campaigns.ExecuteAsync("""
            insert into campaign_counters
            select campaign_id, kind, status, count(*) from messages where campaign_id = $1 group by 1, 2, 3
            """, Guid.Parse(id));
        await campaigns.ExecuteAsync("vacuum analyze");
    }

    /// <summary>The first time tells what somebody waits for; the rest, how it varies.</summary>
    private static async Task CountAsync(CampaignsProcess campaigns, string id)
    {
        object replied = new { campaign = id, result = "notReplied" };
        object Both(object known) => new { where = new { all = new object[] { known, replied } } };
        (string Name, object Audience)[] audiences =
        [
            ("everybody", new { all = true }),
            ("a tag of 95 %", new { tags = new[] { "client" } }),
            ("a tag of 5 %", new { tags = new[] { "vip" } }),
            ("an attribute equals", new { where = new { attribute = "ville", equals = "Lyon" } }),
            ("an attribute contains", new { where = new { attribute = "ville", contains = "ly" } }),
            ("a number is greater", new { where = new { attribute = "points", greaterThan = 50 } }),
            ("the Sandbox is joined", new { where = new { sandbox = "joined" } }),
            ("received and did not reply", new { where = replied }),
            ("a tag of 5 % and not replied", Both(new { tag = "vip" })),
            ("joined, which are 50 %, and not replied", Both(new { sandbox = "joined" })),
            ("a tag of 95 % and not replied", Both(new { tag = "client" })),
            ("a tag of 5 % and not replied, or an attribute", new { where = new { any = new object[]
            {
                new { all = new object[] { new { tag = "vip" }, replied } },
                new { attribute = "ville", equals = "Lyon" },
            } } }),
        ];
        foreach (var (name, audience) in audiences)
        {
            var latencies = new double[10];
            for (var call = 0; call < latencies.Length; call++)
            {
                var asked = Stopwatch.GetTimestamp();
                await campaigns.PostAsync("/api/campaigns/audience", new { audience });
                latencies[call] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }

            Console.WriteLine($"audience, {name}: first {latencies[0]:F0} ms, "
                + $"{CampaignsProcess.Told([.. latencies.Order()])}");
        }
    }

    private static async Task<double[]> PagesAsync(CampaignsProcess campaigns, string path)
    {
        var (latencies, cursor) = (new List<double>(), "");
        while (cursor is not null && latencies.Count < Pages)
        {
            var asked = Stopwatch.GetTimestamp();
            var page = await campaigns.GetAsync(cursor.Length == 0 ? path : $"{path}&cursor={cursor}");
            latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            cursor = (string?)page["nextCursor"];
        }

        return [.. latencies.Order()];
    }

    private static async Task<int> ExportAsync(CampaignsProcess campaigns, string id)
    {
        using var answer = await campaigns.Http.GetAsync(
            $"/api/campaigns/{id}/export", HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var lines = -1; // the header
        while (await reader.ReadLineAsync() is not null)
        {
            lines++;
        }

        return lines;
    }
}
