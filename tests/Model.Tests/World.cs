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
internal sealed partial class World : IAsyncDisposable
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
            .AddSingleton<MessageBook>().AddSingleton<Senders>().AddSingleton<Feed>().AddSingleton<Inbox>()
            .AddSingleton<WebhookActivity>().AddSingleton<CampaignProgress>()
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
