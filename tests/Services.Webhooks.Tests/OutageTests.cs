using System.Net;
using Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Testing;

namespace Services.Webhooks.Tests;

/// <summary>The broker, or the database too, is away: wires that are cut.</summary>
[Trait("needs", "broker")]
public sealed class OutageTests(BrokerFixture broker, DatabaseFixture databases)
{
    /// <summary>What is promised after a broker's return; how long it takes is measured by the fault suite.</summary>
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task What_comes_while_the_broker_is_away_waits_in_the_spool_and_is_published_once_it_is_back()
    {
        await using var listener = await Listener<StatusChanged>.StartAsync(broker.Address);
        using var wire = new Relay(broker.Address.Host, broker.Address.Port);
        await using var host = WebhookHost.Start(Through(wire), await databases.CreateDatabaseAsync());
        var sids = Enumerable.Range(0, 6).Select(_ => WebhookHost.NewSid()).ToArray();
        await PostAsync(host, sids[0]);
        await listener.HearsAsync(status => status.ProviderMessageId == sids[0]);

        wire.Cut();
        await Task.WhenAll(sids[1..4].Select(sid => PostAsync(host, sid)));
        // Three have waited for the broker; the next ones do not.
        var started = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(sids[4..].Select(sid => PostAsync(host, sid)));
        var waited = TimeProvider.System.GetElapsedTime(started);
        var spooled = await host.SpooledAsync();
        wire.Mend();

        Assert.True(waited < TimeSpan.FromSeconds(4), $"waited {waited}");
        Assert.Equal(5, spooled);
        foreach (var sid in sids)
        {
            var (id, _) = await listener.HearsAsync(status => status.ProviderMessageId == sid, Reconnect);
            Assert.Equal(DerivedId.Of($"twilio/{sid}/sent/"), id);
        }

        await Eventually.BecomesTrueAsync(async () => await host.SpooledAsync() == 0);
    }

    [Fact]
    public async Task It_starts_and_serves_without_a_broker_and_health_tells()
    {
        await using var listener = await Listener<StatusChanged>.StartAsync(broker.Address);
        using var wire = Relay.Broken(broker.Address.Host, broker.Address.Port);
        await using var host = WebhookHost.Start(Through(wire), await databases.CreateDatabaseAsync());
        var sid = WebhookHost.NewSid();

        using var alive = await host.Http.GetAsync("/alive");
        using var health = await host.Http.GetAsync("/health");
        await PostAsync(host, sid);
        wire.Mend();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (alive.StatusCode, health.StatusCode));
        await listener.HearsAsync(status => status.ProviderMessageId == sid, Reconnect);
        await Eventually.BecomesTrueAsync(
            async () => (await host.Http.GetAsync("/health")).IsSuccessStatusCode, Reconnect);
    }

    [Fact]
    public async Task Without_broker_and_database_the_event_is_refused_so_that_it_comes_again()
    {
        var database = new NpgsqlConnectionStringBuilder(await databases.CreateDatabaseAsync());
        using var amqp = new Relay(broker.Address.Host, broker.Address.Port);
        using var postgres = new Relay(database.Host!, database.Port);
        (database.Host, database.Port) = ("127.0.0.1", postgres.Port);
        await using var host = WebhookHost.Start(Through(amqp), database.ConnectionString);
        amqp.Cut();
        postgres.Cut();

        using var refused = await host.PostAsync(WebhookHost.Status(WebhookHost.NewSid(), "sent"));
        postgres.Mend();
        using var accepted = await host.PostAsync(WebhookHost.Status(WebhookHost.NewSid(), "sent"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    // Published under the name of a contract that nobody consumes, so that other tests' queues do not take it.
    [Fact]
    public async Task What_no_queue_takes_waits_in_the_spool_until_somebody_listens()
    {
        await using var host = WebhookHost.Start(broker.Address, await databases.CreateDatabaseAsync());
        var publisher = host.Services.GetRequiredService<EventPublisher>();
        var content = new TemplateContent(WebhookHost.NewSid(), new Dictionary<string, string>());
        var id = Guid.NewGuid();

        Assert.True(await publisher.TryKeepAsync(content, id));
        Assert.Equal(1, await host.SpooledAsync());
        await using var listener = await Listener<TemplateContent>.StartAsync(broker.Address);
        var heard = await listener.HearsAsync(heard => heard.ContentSid == content.ContentSid);

        Assert.Equal(id, heard.Id);
        await Eventually.BecomesTrueAsync(async () => await host.SpooledAsync() == 0);
    }

    // More than the relay takes at once, of a contract that nobody consumes; and one that no version of ours has.
    [Fact]
    public async Task What_no_queue_takes_or_nobody_can_read_holds_up_nothing_behind_it()
    {
        await using var listener = await Listener<StatusChanged>.StartAsync(broker.Address);
        var database = await databases.CreateDatabaseAsync();
        await using var host = WebhookHost.Start(broker.Address, database);
        await using var source = NpgsqlDataSource.Create(database);
        var sid = WebhookHost.NewSid();
        await using (var fill = source.CreateCommand("""
            insert into outbox (message_id, type, body)
            select gen_random_uuid(), 'Contracts.ErrorText', '{ "Title": "", "Explanation": "", "Action": "" }'::jsonb
            from generate_series(1, 450)
            union all select gen_random_uuid(), 'Contracts.OfAnotherVersion', '{}'
            union all select gen_random_uuid(), 'Contracts.StatusChanged', '{}'
            union all select gen_random_uuid(), 'Contracts.StatusChanged', jsonb_build_object(
                'Provider', 'twilio', 'ProviderMessageId', $1, 'Status', 1, 'ReceivedAt', now())
            """))
        {
            fill.Parameters.Add(new() { Value = sid });
            await fill.ExecuteNonQueryAsync();
        }

        await listener.HearsAsync(status => status.ProviderMessageId == sid);
        await Eventually.BecomesTrueAsync(async () => await host.SpooledAsync() == 452);
    }

    [Fact]
    public async Task It_starts_and_publishes_without_its_database_and_makes_its_spool_once_that_is_there()
    {
        await using var listener = await Listener<StatusChanged>.StartAsync(broker.Address);
        var database = new NpgsqlConnectionStringBuilder(await databases.CreateDatabaseAsync());
        using var wire = Relay.Broken(database.Host!, database.Port);
        (database.Host, database.Port) = ("127.0.0.1", wire.Port);
        await using var host = WebhookHost.Start(broker.Address, database.ConnectionString);
        var sid = WebhookHost.NewSid();

        await PostAsync(host, sid);
        await listener.HearsAsync(status => status.ProviderMessageId == sid);

        wire.Mend();
        await Eventually.BecomesTrueAsync(async () =>
        {
            await using var source = NpgsqlDataSource.Create(database);
            await using var exists = source.CreateCommand("select to_regclass('outbox') is not null");
            return (bool)(await exists.ExecuteScalarAsync())!;
        });
    }

    [Fact]
    public async Task With_neither_broker_nor_database_it_says_so_soon_and_is_back_soon_after_them()
    {
        await using var listener = await Listener<StatusChanged>.StartAsync(broker.Address);
        using var toBroker = new Relay(broker.Address.Host, broker.Address.Port);
        var database = new NpgsqlConnectionStringBuilder(await databases.CreateDatabaseAsync());
        using var toDatabase = new Relay(database.Host!, database.Port);
        (database.Host, database.Port) = ("127.0.0.1", toDatabase.Port);
        await using var host = WebhookHost.Start(Through(toBroker), database.ConnectionString);
        await PostAsync(host, WebhookHost.NewSid());

        toBroker.Cut();
        toDatabase.Cut();
        for (var call = 0; call < 4; call++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var answer = await host.PostAsync(WebhookHost.Status(WebhookHost.NewSid(), "sent"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var waited = TimeProvider.System.GetElapsedTime(started);
            Assert.True(waited < TimeSpan.FromSeconds(10), $"waited {waited}");
        }

        toBroker.Mend();
        toDatabase.Mend();
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var answer = await host.PostAsync(WebhookHost.Status(WebhookHost.NewSid(), "sent"));
            return answer.StatusCode == HttpStatusCode.OK;
        }, Reconnect);
    }

    private static async Task PostAsync(WebhookHost host, string sid)
    {
        using var answer = await host.PostAsync(WebhookHost.Status(sid, "sent"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Uri Through(Relay wire) => new UriBuilder(broker.Address) { Host = "127.0.0.1", Port = wire.Port }.Uri;
}
