using Contracts;
using FsCheck.Fluent;
using Npgsql;
using static Services.Campaigns.Tests.AnyReports;

namespace Services.Campaigns.Tests;

public class MessageBookTests(Books books) : IClassFixture<Books>
{
    [Fact]
    public async Task The_counters_equal_a_recount_after_any_histories_entered_side_by_side()
    {
        var campaigns = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => books.CampaignAsync()));
        var entries = new List<(Guid Id, MessageReport Report)>();
        var truth = new Dictionary<Guid, MessageStatus>();
        foreach (var (reports, index) in Of(1).Sample(240).Select((reports, index) => (reports, index)))
        {
            var kind = index % 10 == 0 ? MessageKind.Test
                : index % 3 == 0 ? MessageKind.Message2
                : MessageKind.Message1;
            var (id, _) = await books.OrderedAsync(campaigns[index % campaigns.Length], kind);
            var replied = index % 4 == 0 ? [new MessageReport.Replied(At(500))] : Array.Empty<MessageReport>();
            entries.AddRange(Disordered([.. reports, .. replied]).Sample(1).Single().Select(report => (id, report)));
            truth[id] = TruthOf(reports);
        }

        var shuffled = entries.ToArray();
        Random.Shared.Shuffle(shuffled);
        await Task.WhenAll(shuffled.Select((entry, index) =>
            books.All[index % 2].EnterAsync(entry.Id, entry.Report, CancellationToken.None)));

        foreach (var (id, status) in truth)
        {
            Assert.Equal(status, await books.StatusAsync(id));
        }

        Assert.Equal(await CountedAsync("""
            select campaign_id, kind, status, count(*) from messages group by 1, 2, 3
            union all
            select campaign_id, kind, 100::smallint, count(replied_at) from messages group by 1, 2
            """), await CountedAsync("select campaign_id, kind, status, n from campaign_counters"));
    }

    [Fact]
    public async Task A_report_that_cannot_be_entered_fails_alone()
    {
        var campaign = await books.CampaignAsync();
        var messages = new List<Guid>();
        for (var index = 0; index < 20; index++)
        {
            messages.Add((await books.OrderedAsync(campaign)).Id);
        }

        // PostgreSQL's text knows every character but U+0000.
        var entered = await books.EnterAtOnceAsync([.. messages.Select((id, index) => ((MessageKey)id, index == 7
            ? new MessageReport.Rejected(1, "6\0", false, At(1))
            : (MessageReport)Accepted(1)))]);

        await Assert.ThrowsAsync<PostgresException>(() => entered[7]);
        await Task.WhenAll(entered.Where((_, index) => index != 7));
        foreach (var (id, index) in messages.Select((id, index) => (id, index)))
        {
            Assert.Equal(index == 7 ? MessageStatus.Queued : MessageStatus.Sent, await books.StatusAsync(id));
        }
    }

    [Fact]
    public async Task A_status_that_comes_before_the_acceptance_under_the_providers_id_alone_waits_for_it()
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var sid = $"SM{id:N}";

        await EnterAsync(new(null, sid), new MessageReport.Status(null, DeliveryStatus.Delivered, sid, At(3)));
        Assert.Equal(MessageStatus.Queued, await books.StatusAsync(id));

        await EnterAsync(id, new MessageReport.Accepted(1, sid, At(1)));
        Assert.Equal(MessageStatus.Delivered, await books.StatusAsync(id));
        Assert.Equal(0, await books.ScalarAsync<long>(
            "select count(*) from early_statuses where provider_message_id = $1", sid));

        await EnterAsync(new(null, sid), new MessageReport.Status(null, DeliveryStatus.Read, sid, At(4)));
        Assert.Equal(MessageStatus.Read, await books.StatusAsync(id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_status_under_the_providers_id_alone_may_share_a_commit_with_the_acceptance(bool statusFirst)
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var sid = $"SM{id:N}";
        (MessageKey, MessageReport)[] reports =
        [
            (new(null, sid), new MessageReport.Status(null, DeliveryStatus.Delivered, sid, At(3))),
            (id, new MessageReport.Accepted(1, sid, At(1))),
        ];

        await Task.WhenAll(await books.EnterAtOnceAsync(statusFirst ? reports : [reports[1], reports[0]]));

        Assert.Equal(MessageStatus.Delivered, await books.StatusAsync(id));
    }

    [Fact]
    public async Task A_status_under_whatsapps_id_alone_finds_the_message_once_both_ids_were_told_together()
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var (own, whatsapp) = ($"{id}", $"wamid.{id:N}");
        await EnterAsync(id, new MessageReport.Accepted(1, own, At(1)));
        await EnterAsync(new(null, own, whatsapp), Told(DeliveryStatus.Queued, own, whatsapp));

        await EnterAsync(new(null, whatsapp), Told(DeliveryStatus.Read, whatsapp));

        Assert.Equal(MessageStatus.Read, await books.StatusAsync(id));
        Assert.Equal((own, whatsapp), await IdsAsync(id));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_status_that_names_two_ids_waits_for_the_acceptance_under_either(bool ownFirst)
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var (own, whatsapp) = ($"{id}", $"wamid.{id:N}");
        var (first, second) = ownFirst ? (own, whatsapp) : (whatsapp, own);

        await EnterAsync(new(null, first, second), Told(DeliveryStatus.Delivered, first, second));
        await EnterAsync(id, new MessageReport.Accepted(1, own, At(1)));

        Assert.Equal(MessageStatus.Delivered, await books.StatusAsync(id));
        Assert.Equal((own, whatsapp), await IdsAsync(id));
        Assert.Equal(0, await EarlyAsync(first));
    }

    [Fact]
    public async Task Another_attempt_has_ids_of_its_own()
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        await EnterAsync(id, new MessageReport.Accepted(1, "first", At(1)));
        await EnterAsync(id, Told(DeliveryStatus.Queued, "first", "wamid.first"));

        await EnterAsync(id, new MessageReport.Accepted(2, "second", At(200)) { Provider = "gupshup" });

        Assert.Equal(("second", null), await IdsAsync(id));
        Assert.Equal("gupshup", await books.ScalarAsync<string>("select provider from messages where id = $1", id));
    }

    [Fact]
    public async Task A_status_that_another_process_keeps_while_the_acceptance_is_being_entered_is_not_forgotten()
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var sid = $"SM{id:N}";
        await using var held = await books.HoldAsync("select 1 from messages where id = $1 for update", id);

        var acceptance = books.All[0].EnterAsync(id, new MessageReport.Accepted(1, sid, At(1)), CancellationToken.None);
        await books.OneWaitsAsync(); // it has looked for early statuses in vain
        await books.All[1].EnterAsync(
            new(null, sid), new MessageReport.Status(null, DeliveryStatus.Delivered, sid, At(3)),
            CancellationToken.None);
        await held.CloseAsync();
        await acceptance;

        Assert.Equal(MessageStatus.Delivered, await books.StatusAsync(id));
        Assert.Equal(0, await EarlyAsync(sid));
    }

    [Fact]
    public async Task An_acceptance_that_another_process_enters_while_a_status_is_being_kept_finds_it()
    {
        var (id, _) = await books.OrderedAsync(await books.CampaignAsync());
        var sid = $"SM{id:N}";
        await using var held = await books.HoldAsync(
            "insert into early_statuses values ($1, $2, now())", sid, (short)DeliveryStatus.Delivered);

        var status = books.All[0].EnterAsync(
            new(null, sid), new MessageReport.Status(null, DeliveryStatus.Delivered, sid, At(3)),
            CancellationToken.None);
        await books.OneWaitsAsync(); // it has looked for its message in vain
        await books.All[1].EnterAsync(id, new MessageReport.Accepted(1, sid, At(1)), CancellationToken.None);
        await held.CloseAsync();
        await status;

        Assert.Equal(MessageStatus.Delivered, await books.StatusAsync(id));
        Assert.Equal(0, await EarlyAsync(sid));
    }

    [Fact]
    public async Task A_status_whose_message_nobody_has_sent_is_forgotten_after_two_days()
    {
        var (old, young) = ($"SM{Guid.NewGuid():N}", $"SM{Guid.NewGuid():N}");
        foreach (var (sid, at) in new[] { (old, At(0)), (young, At(2)) })
        {
            await EnterAsync(new(null, sid), new MessageReport.Status(null, DeliveryStatus.Sent, sid, at));
        }

        await EarlyStatuses.PruneAsync(books.Database, At(1).AddDays(2), CancellationToken.None);

        Assert.Equal((0, 1), (await EarlyAsync(old), await EarlyAsync(young)));
    }

    [Fact]
    public async Task Error_63015_tells_that_the_person_is_no_member_unless_something_newer_is_known()
    {
        var (id, contact) = await books.OrderedAsync(await books.CampaignAsync());
        await EnterAsync(id, new MessageReport.Rejected(1, "63015", false, At(10)));
        Assert.Equal(("63015", At(10)), await NotJoinedAsync(contact));

        var (other, known) = await books.OrderedAsync(await books.CampaignAsync());
        await books.ExecuteAsync(
            "update contacts set not_joined_at = $2, sandbox_error = 'left' where id = $1", known, At(20));
        await EnterAsync(other, new MessageReport.Rejected(1, "63015", false, At(10)));
        Assert.Equal(("left", At(20)), await NotJoinedAsync(known));
    }

    [Theory]
    [InlineData(null, "21610")]
    [InlineData("twilio", "21610")]
    [InlineData("gupshup", "1012")]
    [InlineData("gupshup", "131050")]
    [InlineData("meta", "131050")]
    public async Task A_providers_code_for_an_opt_out_opts_the_person_out_once(string? provider, string code)
    {
        var (id, contact) = await books.OrderedAsync(await books.CampaignAsync());
        var refusal = new MessageReport.Rejected(1, code, false, At(10)) { Provider = provider };
        await EnterAsync(id, refusal);
        Assert.Equal(At(10).UtcDateTime, await OptedOutAtAsync());

        // They wrote START since; the report comes once more.
        await books.ExecuteAsync("update contacts set opted_out_at = null where id = $1", contact);
        await EnterAsync(id, refusal);
        Assert.Null(await OptedOutAtAsync());

        Task<DateTime?> OptedOutAtAsync() =>
            books.ScalarAsync<DateTime?>("select opted_out_at from contacts where id = $1", contact);
    }

    [Fact]
    public async Task An_error_that_stops_the_sender_pauses_its_running_campaigns_and_says_why_and_whose_it_is_once()
    {
        var sender = $"+1{Random.Shared.NextInt64(1_000_000_000, 9_999_999_999)}";
        var campaign = await books.CampaignAsync(sender: sender);
        var another = await books.CampaignAsync(sender: sender);
        var draft = await books.CampaignAsync("draft", sender);
        var foreign = await books.CampaignAsync(sender: "+33700000000");
        var (id, _) = await books.OrderedAsync(campaign);
        var refusal = new MessageReport.Rejected(1, "131042", StopsSender: true, At(10)) { Provider = "meta" };

        await EnterAsync(id, refusal);

        Assert.Equal("paused 131042 meta", await StateAsync(campaign));
        Assert.Equal("paused 131042 meta", await StateAsync(another));
        Assert.Equal("draft", await StateAsync(draft));
        Assert.Equal("running", await StateAsync(foreign));

        // It was set right, and somebody resumed; the report comes once more.
        await books.ExecuteAsync(
            "update campaigns set status = 'running', status_reason = null, status_provider = null where id = $1",
            campaign);
        await EnterAsync(id, refusal);
        Assert.Equal("running", await StateAsync(campaign));

        Task<string?> StateAsync(Guid campaignId) => books.ScalarAsync<string>(
            "select concat_ws(' ', status, status_reason, status_provider) from campaigns where id = $1", campaignId);
    }

    [Theory]
    [InlineData("sent")]
    [InlineData("accepted")]
    public async Task A_report_that_comes_after_a_day_turns_a_failure_into_a_sent_message_and_moves_the_counters(
        string told)
    {
        var campaign = await books.CampaignAsync();
        var (id, _) = await books.OrderedAsync(campaign);
        await EnterAsync(id, Unknown(1));
        await EnterAsync(id, Unconfirmed(1) with { Provider = "meta" });
        Assert.Equal("5:1", await CountersAsync());

        await EnterAsync(id, told == "sent" ? Status(1, DeliveryStatus.Sent) : Accepted(1));

        Assert.Equal(MessageStatus.Sent, await books.StatusAsync(id));
        Assert.Equal("4:1", await CountersAsync());
        Assert.Equal(
            $"{Sid(1)}, no error, not failed",
            await books.ScalarAsync<string>("""
                select concat_ws(', ', provider_message_id, coalesce(error_code, 'no error'),
                    case when failed_at is null then 'not failed' end) from messages where id = $1
                """, id));

        await EnterAsync(id, Unconfirmed(1)); // said again
        Assert.Equal("4:1", await CountersAsync());

        Task<string?> CountersAsync() => books.ScalarAsync<string>("""
            select string_agg(status || ':' || n, ' ' order by status) from campaign_counters
            where campaign_id = $1 and n <> 0
            """, campaign);
    }

    private Task EnterAsync(MessageKey key, MessageReport report) =>
        books.Book.EnterAsync(key, report, CancellationToken.None);

    private static MessageReport.Status Told(DeliveryStatus status, string id, string? alternative = null) =>
        new(null, status, id, At(3)) { AlternativeId = alternative };

    private async Task<(string?, string?)> IdsAsync(Guid message) => (
        await books.ScalarAsync<string>("select provider_message_id from messages where id = $1", message),
        await books.ScalarAsync<string>("select alternative_message_id from messages where id = $1", message));

    private Task<long> EarlyAsync(string sid) => books.ScalarAsync<long>(
        "select count(*) from early_statuses where provider_message_id = $1", sid);

    private async Task<(string?, DateTimeOffset)> NotJoinedAsync(Guid contact) => (
        await books.ScalarAsync<string>("select sandbox_error from contacts where id = $1", contact),
        new(await books.ScalarAsync<DateTime>("select not_joined_at from contacts where id = $1", contact)));

    /// <summary>Without zeros and tests, which are not counted.</summary>
    private async Task<List<(Guid Campaign, short Kind, short Status, long N)>> CountedAsync(string sql)
    {
        await using var command = books.Database.CreateCommand($"""
            select * from ({sql}) as k (campaign_id, kind, status, n) where kind <> 0 and n <> 0 order by 1, 2, 3
            """);
        await using var reader = await command.ExecuteReaderAsync();
        var counted = new List<(Guid, short, short, long)>();
        while (await reader.ReadAsync())
        {
            counted.Add((reader.GetGuid(0), reader.GetInt16(1), reader.GetInt16(2), reader.GetInt64(3)));
        }

        return counted;
    }
}
