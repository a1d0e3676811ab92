using Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using ServiceDefaults;
using Services.Campaigns;
using Services.Messaging;
using Testing;

namespace Model.Tests;

/// <summary>Both services on their databases, the wire between them, the provider, and the clock.</summary>
internal sealed class World : IAsyncDisposable
{
    public const int People = 4;
    private const string Sender = "+14155238886";

    /// <summary>A delivery that has to wait (a halted sender) goes back to the broker instead.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(30);

    private readonly ShiftedClock _clock = new();
    private readonly Wire _wire = new();
    private readonly Provider _provider;
    private readonly List<Call> _calls = [];
    private readonly ServiceProvider _campaigns;
    private ServiceProvider _messaging;
    private readonly NpgsqlDataSource _campaignsDb;
    private readonly NpgsqlDataSource _messagingDb;
    private readonly Dictionary<Guid, int> _riskedAgain = [];
    private SendResult? _verdict;
    private Guid _campaign;

    private World(NpgsqlDataSource campaignsDb, NpgsqlDataSource messagingDb, Carrier carrier)
    {
        (_campaignsDb, _messagingDb, _provider) = (campaignsDb, messagingDb, new(carrier));
        _campaigns = Service(campaignsDb)
            .AddSingleton<MessageBook>().AddSingleton<Feed>().AddSingleton<Inbox>()
            .AddSingleton<WebhookActivity>().AddSingleton<CampaignProgress>().AddSingleton<AudienceFreeze>()
            .AddSingleton<MessageDispatcher>().AddSingleton(_ => (IBus)null!)
            .AddSingleton<MessageAcceptedConsumer>().AddSingleton<MessageRejectedConsumer>()
            .AddSingleton<MessageDeferredConsumer>().AddSingleton<MessageReturnedConsumer>()
            .AddSingleton<OutcomeUnknownConsumer>().AddSingleton<MessageReceivedConsumer>()
            .AddSingleton<Services.Campaigns.StatusChangedConsumer>()
            .Configure<Services.Campaigns.SendingOptions>(options => options.RatePerSecond = 1000)
            .BuildServiceProvider();
        _messaging = OpenMessaging();
    }

    private Carrier Carrier => _provider.Carrier;

    public static async Task<World> OpenAsync(DatabaseFixture databases, Carrier carrier)
    {
        var world = new World(
            NpgsqlDataSource.Create(await databases.CreateDatabaseAsync()),
            NpgsqlDataSource.Create(await databases.CreateDatabaseAsync()), carrier);
        await MigrateAsync(world._campaignsDb, typeof(MessageBook));
        await MigrateAsync(world._messagingDb, typeof(SendSlots));
        await world.Of<MessageBook>().StartAsync(CancellationToken.None);
        return world;
    }

    /// <summary>A launched campaign to a few people; nothing of the history before it is left.</summary>
    public async Task BeginAsync()
    {
        await KillMessagingAsync();
        _wire.Clear();
        _provider.Messages.Clear();
        _riskedAgain.Clear();
        _verdict = null;
        await ExecuteAsync(_messagingDb, "truncate send_attempts, sender_slots, outbox");
        await ExecuteAsync(_campaignsDb, """
            truncate templates, campaigns, contacts, messages, campaign_counters, interactions, early_statuses cascade
            """);
        _campaign = Guid.CreateVersion7();
        await ExecuteAsync(_campaignsDb, """
            with template as (
                insert into templates (id, name, content_sid, language, body, variables, created_at, updated_at)
                values (uuid_v7(), 'Rappel', 'HX', 'fr', 'Bonjour', '{}', $4, $4) returning id
            ), campaign as (
                insert into campaigns (
                    id, name, status, template_id, variables, message2_body, message2_within_hours, audience, content_sid,
                    sender, created_at, updated_at)
                select $1, 'Printemps', 'running', id, '{}', 'Merci !', 24, '{"all": true}', 'HX', $2, $4, $4 from template
                returning id
            ), contact as (
                insert into contacts (id, phone, created_at, updated_at)
                select uuid_v7(), '+3363998' || lpad(n::text, 4, '0'), $4, $4 from generate_series(1, $3) n
                returning id, phone
            ), message as (
                insert into messages (
                    id, campaign_id, contact_id, kind, phone, status, next_attempt_at, variables, created_at)
                select uuid_v7(), campaign.id, contact.id, 1, contact.phone, 0, $4, '{}', $4 from campaign, contact
                returning campaign_id
            )
            insert into campaign_counters (campaign_id, kind, status, n)
            select campaign_id, 1, 0, count(*) from message group by 1
            """, _campaign, Sender, People, _clock.GetUtcNow());
    }

    public Task LetAsync(Happening happening) => happening switch
    {
        (Step.Feed, _) => FeedAsync(),
        (Step.FeedAndDie, _) => Of<Feed>().NextAsync(CancellationToken.None),
        (Step.Relay, _) => RelayAsync(forget: true),
        (Step.RelayAndDie, _) => RelayAsync(forget: false),
        (Step.Deliver, var pick) => DeliverAsync(_wire.Take(pick, keep: false)),
        (Step.DeliverAndKeepACopy, var pick) => DeliverAsync(_wire.Take(pick, keep: true)),
        (Step.Accepts, _) => Decide(null),
        (Step.AnswersWithAnError, _) => Decide(new SendResult.Unknown("HTTP 500")),
        (Step.RefusesForGood, _) => Decide(new SendResult.Refused(Carrier.RefusesForGood)),
        (Step.RefusesForNow, _) => Decide(new SendResult.Refused(Carrier.RefusesForNow)),
        (Step.CannotBeReached, _) => Decide(new SendResult.NotSent("refused", Connected: false)),
        (Step.Answer, var pick) => AnswerAsync(pick, lost: false),
        (Step.LoseAnswer, var pick) => AnswerAsync(pick, lost: true),
        (Step.KillMessaging, _) => KillMessagingAsync(),
        (Step.MoveOn, var pick) => MoveOn(pick, named: true),
        (Step.MoveOnAnonymously, var pick) => MoveOn(pick, named: false),
        (Step.FailForGood, var pick) => Fail(pick, Carrier.FailsForGood),
        (Step.FailForNow, var pick) => Fail(pick, Carrier.FailsForNow),
        (Step.Reply, var pick) => Reply(pick),
        (Step.PassSeconds, var pick) => PassAsync(TimeSpan.FromSeconds(pick)),
        (Step.PassMinutes, var pick) => PassAsync(TimeSpan.FromMinutes(pick)),
        (Step.PassHours, var pick) => PassAsync(TimeSpan.FromHours(pick)),
        (Step.Reconcile, _) => ReconcileAsync(lists: true),
        (Step.ReconcileInVain, _) => ReconcileAsync(lists: false),
        (Step.Retry, _) => RetryAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(happening)),
    };

    /// <summary>Nothing goes wrong any more, until there is nothing left to do.</summary>
    public async Task SettleAsync()
    {
        _verdict = null;
        for (var round = 0; round < 100; round++)
        {
            await RelayAsync(forget: true);
            for (var left = _wire.Count; left > 0; left--)
            {
                await DeliverAsync(_wire.Take(0, keep: false));
            }

            while (_calls.Count > 0)
            {
                await AnswerAsync(0, lost: false);
            }

            foreach (var message in _provider.Messages.Where(message => !message.IsFinal).ToList())
            {
                await MoveOn(_provider.Messages.IndexOf(message), named: true);
            }

            // Without a list an unknown outcome is given up after a day.
            await PassAsync(Carrier.KeepsList ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(6));
            await ReconcileAsync(lists: true);
            await FeedAsync();
            if (await IsSettledAsync())
            {
                return;
            }
        }

        Assert.Fail("It does not settle: " + await DescribeAsync());
    }

    /// <summary>
    /// What failed may be tried again; but never are two out that may both arrive, unless somebody asked for another
    /// try of what may have arrived.
    /// </summary>
    public async Task AssertNobodyTwiceAsync()
    {
        foreach (var ofOne in _provider.Messages.GroupBy(message => message.Order.MessageId))
        {
            Assert.True(
                ofOne.Count(message => message.Status != DeliveryStatus.Failed)
                    <= 1 + _riskedAgain.GetValueOrDefault(ofOne.Key),
                "Somebody was written to twice: " + await DescribeAsync());
        }
    }

    /// <summary>Rows say what became of each message at the provider, and the counters are their recount.</summary>
    public async Task AssertBooksAgreeAsync()
    {
        var unconfirmed = (await RowsAsync(
            _messagingDb, "select message_id::text from send_attempts where state = 'unconfirmed'")).ToHashSet();
        await using var command = _campaignsDb.Command("select id, status, provider_message_id from messages");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            var (id, status) = (row.GetGuid(0), (MessageStatus)row.GetInt16(1));
            var arrived = _provider.Messages
                .Where(message => message.Order.MessageId == id && message.Status != DeliveryStatus.Failed).ToList();
            Assert.True(
                arrived.Count == 0 ? status is MessageStatus.Failed or MessageStatus.Skipped
                    : Says(arrived.MaxBy(message => message.Status)!, arrived)
                        // A report that names the person only cannot always be told from another's.
                        || (!Carrier.NamesOurs && unconfirmed.Contains($"{id}")),
                $"{id} is {status}: " + await DescribeAsync());

            // Of two that are out the row knows the one that got furthest; a delivery, whichever it is.
            bool Says(Carried furthest, List<Carried> all) => furthest.Status is DeliveryStatus.Sent
                ? (status == MessageStatus.Sent && row.GetString(2) == furthest.Sid) || _riskedAgain.ContainsKey(id)
                : status == MessageStatus.Read && all.Exists(message => message.Sid == row.GetString(2));
        }

        await row.DisposeAsync();
        await using var counted = _campaignsDb.Command("""
            select count(*) from (
                select kind, status, count(*) as n from messages group by 1, 2
                union all select kind, 100, count(*) from messages where replied_at is not null group by 1, 2) r
            full join campaign_counters c using (kind, status)
            where coalesce(r.n, 0) <> coalesce(c.n, 0)
            """);
        Assert.True(await counted.ExecuteScalarAsync() is 0L, "Counters are off: " + await DescribeAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Of<MessageBook>().StopAsync(CancellationToken.None);
        await _campaigns.DisposeAsync();
        await _messaging.DisposeAsync();
        await _campaignsDb.DisposeAsync();
        await _messagingDb.DisposeAsync();
    }

    private ServiceProvider OpenMessaging()
    {
        var services = Service(_messagingDb)
            .AddSingleton<IMessageProvider>(_provider)
            .AddSingleton<Outbox>().AddSingleton<SendSlots>().AddSingleton<SendAttempts>().AddSingleton<Reconciliation>()
            .AddSingleton<StatusBook>().AddSingleton<WebhookSigns>()
            .AddSingleton<SendMessageConsumer>().AddSingleton<Services.Messaging.StatusChangedConsumer>()
            .Configure<Services.Messaging.SendingOptions>(options => options.RatePerSecond = 1000)
            .BuildServiceProvider();
        _ = services.GetRequiredService<StatusBook>().StartAsync(CancellationToken.None);
        return services;
    }

    private IServiceCollection Service(NpgsqlDataSource database) => new ServiceCollection()
        .AddSingleton(database).AddSingleton<TimeProvider>(_clock)
        .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddOptions();

    private T Of<T>()
        where T : class => _campaigns.GetService<T>() ?? _messaging.GetRequiredService<T>();

    private async Task FeedAsync()
    {
        foreach (var order in await Of<Feed>().NextAsync(CancellationToken.None))
        {
            _wire.Put(order.Command, Of<SendMessageConsumer>);
        }
    }

    private async Task RelayAsync(bool forget)
    {
        await using var command = _messagingDb.Command(
            forget ? "delete from outbox returning type, body" : "select type, body from outbox");
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            Publish(System.Text.Json.JsonSerializer.Deserialize(
                row.GetString(1), typeof(SendMessage).Assembly.GetType(row.GetString(0))!)!);
        }
    }

    private void Publish(object message)
    {
        switch (message)
        {
            case MessageAccepted accepted:
                _wire.Put(accepted, Of<MessageAcceptedConsumer>);
                break;
            case MessageRejected rejected:
                _wire.Put(rejected, Of<MessageRejectedConsumer>);
                break;
            case MessageDeferred deferred:
                _wire.Put(deferred, Of<MessageDeferredConsumer>);
                break;
            case MessageReturned returned:
                _wire.Put(returned, Of<MessageReturnedConsumer>);
                break;
            case OutcomeUnknown unknown:
                _wire.Put(unknown, Of<OutcomeUnknownConsumer>);
                break;
            case StatusChanged status:
                _wire.Put<StatusChanged>(
                    status, Of<Services.Campaigns.StatusChangedConsumer>,
                    Of<Services.Messaging.StatusChangedConsumer>);
                break;
            case MessageReceived received:
                _wire.Put(received, Of<MessageReceivedConsumer>);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType().Name);
        }
    }

    private async Task DeliverAsync(Parcel? parcel)
    {
        if (parcel is null)
        {
            return;
        }

        _provider.Decide(_verdict);
        using var patience = new CancellationTokenSource();
        var consumer = parcel.ConsumeAsync(patience.Token);
        if (parcel.Message is SendMessage)
        {
            patience.CancelAfter(Patience);
        }

        if (await Task.WhenAny(consumer, _provider.NextCall) == consumer)
        {
            try
            {
                await consumer;
            }
            catch (OperationCanceledException)
            {
                _wire.GiveBack(parcel);
            }

            return;
        }

        var call = await _provider.NextCall;
        call.Consumer = consumer;
        _calls.Add(call);
    }

    private Task Decide(SendResult? verdict)
    {
        _verdict = verdict;
        return Task.CompletedTask;
    }

    private async Task AnswerAsync(int pick, bool lost)
    {
        if (_calls.Count > 0)
        {
            var call = _calls[pick % _calls.Count];
            _calls.Remove(call);
            call.Answer.SetResult(lost ? new SendResult.Unknown("the connection failed") : call.Result);
            await call.Consumer;
        }
    }

    private async Task KillMessagingAsync()
    {
        // The broker gives what was not acknowledged to the next process.
        foreach (var call in _calls)
        {
            _wire.Put(call.Order, Of<SendMessageConsumer>);
        }

        _calls.Clear();
        await _messaging.DisposeAsync();
        _messaging = OpenMessaging();
    }

    private Task MoveOn(int pick, bool named)
    {
        if (Pick(pick) is { IsFinal: false } message)
        {
            message.Status = message.Status switch
            {
                DeliveryStatus.Queued => DeliveryStatus.Sent,
                DeliveryStatus.Sent => DeliveryStatus.Delivered,
                _ => DeliveryStatus.Read,
            };
            CallBack(message, named);
        }

        return Task.CompletedTask;
    }

    private Task Fail(int pick, string code)
    {
        if (Pick(pick) is { Status: DeliveryStatus.Queued or DeliveryStatus.Sent } message)
        {
            (message.Status, message.ErrorCode) = (DeliveryStatus.Failed, code);
            CallBack(message, named: true);
        }

        return Task.CompletedTask;
    }

    private Carried? Pick(int pick) =>
        _provider.Messages.Count == 0 ? null : _provider.Messages[pick % _provider.Messages.Count];

    private void CallBack(Carried message, bool named)
    {
        named = Carrier.KeepsList ? named : Carrier.NamesOurs; // always, or never
        Publish(new StatusChanged
        {
            Provider = _provider.Name,
            ProviderMessageId = message.Sid,
            MessageId = named ? message.Order.MessageId : null,
            Attempt = named ? message.Order.Attempt : null,
            Recipient = Carrier.NamesOurs ? null : message.Order.To,
            Status = message.Status,
            ErrorCode = message.ErrorCode,
            ReceivedAt = _clock.GetUtcNow(),
        });
    }

    private Task Reply(int pick)
    {
        if (Pick(pick) is { Status: not DeliveryStatus.Failed } message)
        {
            Publish(new MessageReceived
            {
                Provider = _provider.Name,
                ProviderMessageId = $"SM{Guid.NewGuid():N}",
                From = message.Order.To,
                To = Sender,
                Text = "Oui",
                ReceivedAt = _clock.GetUtcNow(),
            });
        }

        return Task.CompletedTask;
    }

    /// <summary>Ours reads the clock; the ledger's instants are its database's, so they move into the past.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        _clock.Pass(time);
        _provider.Messages.ForEach(message => message.CreatedAt -= time);
        await ExecuteAsync(_messagingDb, """
            with slots as (
                update sender_slots set next_at = next_at - $1, halted_until = halted_until - $1
            )
            update send_attempts set
                claimed_at = claimed_at - $1, changed_at = changed_at - $1, look_at = look_at - $1
            """, time);
    }

    private async Task ReconcileAsync(bool lists)
    {
        _provider.Lists = lists;
        await Of<Reconciliation>().RoundAsync(CancellationToken.None);
    }

    private async Task RetryAsync()
    {
        await using var connection = await _campaignsDb.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var failed = await MessageRows.ReadAsync(transaction.Command(
            $"select {MessageRows.Columns} from messages m where m.status = 5 order by m.id for update"),
            CancellationToken.None);
        var changes = failed.Select(MessageRows.Change.Begin).ToList();
        foreach (var message in failed.Where(message => message.ErrorCode == CampaignMessage.Unconfirmed))
        {
            _riskedAgain[message.Id] = _riskedAgain.GetValueOrDefault(message.Id) + 1;
        }

        changes.ForEach(change => change.Message.Apply(new MessageReport.RetryRequested(_clock.GetUtcNow())));
        await MessageRows.SaveAsync(transaction, changes, CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task<bool> IsSettledAsync()
    {
        await using var open = _campaignsDb.Command("select count(*) from messages where status < 4");
        await using var unsettled = _messagingDb.Command("""
            select (select count(*) from send_attempts where state in ('claimed', 'unknown'))
                + (select count(*) from outbox)
            """);
        return _wire.Count == 0 && _calls.Count == 0 && _provider.Messages.TrueForAll(message => message.IsFinal)
            && await open.ExecuteScalarAsync() is 0L && await unsettled.ExecuteScalarAsync() is 0L;
    }

    private async Task<string> DescribeAsync() => string.Join('\n', [
        "", .. await RowsAsync(_campaignsDb, """
            select concat_ws(' ', 'row', id, 'kind', kind, 'status', status, 'attempts', attempts, provider_message_id,
                next_attempt_at, (select string_agg(concat_ws('/', e ->> 'event', e ->> 'attempt', e ->> 'detail'), ' ')
                    from jsonb_array_elements(timeline) e)) from messages order by id
            """),
        .. await RowsAsync(_campaignsDb, "select concat_ws(' ', 'counter', kind, status, n) from campaign_counters"),
        .. await RowsAsync(_messagingDb, """
            select concat_ws(' ', 'ledger', message_id, attempt, state, provider_message_id, error_code, reason, looks,
                look_at) from send_attempts order by 1
            """),
        .. _provider.Messages.Select(message =>
            $"provider {message.Order.MessageId} {message.Order.Attempt} {message.Status} {message.Sid}"),
        .. _calls.Select(call => $"call {call.Order.MessageId} {call.Order.Attempt} {call.Result}"),
        $"wire {_wire.Count}",
    ]);

    private static async Task<List<string>> RowsAsync(NpgsqlDataSource database, string sql)
    {
        var rows = new List<string>();
        await using var command = database.Command(sql);
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            rows.Add(row.GetString(0));
        }

        return rows;
    }

    private static async Task MigrateAsync(NpgsqlDataSource database, Type ofService)
    {
        foreach (var name in ofService.Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            using var sql = new StreamReader(ofService.Assembly.GetManifestResourceStream(name)!);
            await ExecuteAsync(database, await sql.ReadToEndAsync());
        }
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }
}
