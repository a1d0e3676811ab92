using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;
using Testing;
using static Services.Campaigns.Tests.AnyReports;

namespace Services.Campaigns.Tests;

public class BookCheckTests(Books books, LedgerOffice office) : IClassFixture<Books>, IClassFixture<LedgerOffice>
{
    private readonly BookStore _store = new(books.Database);

    [Fact]
    public async Task Books_that_agree_are_said_to()
    {
        var campaign = await books.CampaignAsync();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await SentAsync(campaign);
        }

        await books.OrderedAsync(campaign);
        await office.EnterAsync(campaign, await TestSentAsync(campaign), "accepted");

        var report = await CheckAsync(campaign);

        Assert.Equal((0, 4, 4, 4), (report.DifferenceCount, report.Numbers.Ledger!.Messages,
            report.Numbers.Ledger.Accepted, report.Numbers.Rows.Sent + report.Numbers.Rows.TestsSent));
        Assert.Equal(report.Numbers.Rows with { TestsSent = 0 }, report.Numbers.Counters);
    }

    [Fact]
    public async Task What_differs_is_listed_with_what_each_side_says()
    {
        var campaign = await books.CampaignAsync();
        await SentAsync(campaign);
        var lost = await SentAsync(campaign, ledger: null);
        var (unheard, _) = await books.OrderedAsync(campaign);
        await office.EnterAsync(campaign, unheard, "accepted");
        var nobodys = Guid.CreateVersion7();
        await office.EnterAsync(campaign, nobodys, "unknown");
        await books.ExecuteAsync(
            "update campaign_counters set n = n + 1 where campaign_id = $1 and status = 4", campaign);

        var report = await CheckAsync(campaign);

        Assert.Equal(
            [
                new(DifferenceKind.AcceptedButNotSent, unheard, $"SM{unheard:N}1", "queued", "1: accepted"),
                new(DifferenceKind.Counter, Counter: "message1.sent", Rows: 2, Counters: 3),
                new(DifferenceKind.OpenInLedger, nobodys, Ledger: "1: unknown"),
                new(DifferenceKind.SentWithoutAcceptance, lost, Row: "sent"),
            ],
            report.Differences.OrderBy(difference => $"{difference.Kind}"));
        Assert.Equal(4, report.DifferenceCount);
        var ledger = report.Numbers.Ledger!;
        Assert.Equal((3, 2, 1), (ledger.Messages, ledger.Accepted, ledger.Open));

        Assert.DoesNotContain(
            (await CheckAsync(campaign)).Differences, difference => difference.Kind is DifferenceKind.Counter);
    }

    [Fact]
    public async Task What_has_just_changed_on_either_side_is_no_difference()
    {
        var campaign = await books.CampaignAsync();
        await SentAsync(campaign, ledger: null, at: TimeProvider.System.GetUtcNow());
        var (unheard, _) = await books.OrderedAsync(campaign);
        await office.EnterAsync(campaign, unheard, "accepted", changedAt: TimeProvider.System.GetUtcNow());

        Assert.Equal(0, (await CheckAsync(campaign)).DifferenceCount);
    }

    [Fact]
    public async Task An_attempt_of_before_the_ledger_knew_campaigns_counts()
    {
        var campaign = await books.CampaignAsync();
        var old = await SentAsync(campaign, ledger: null);
        await office.EnterAsync(null, old, "accepted");

        var report = await CheckAsync(campaign);

        Assert.Equal((0, 1), (report.DifferenceCount, report.Numbers.Ledger!.Accepted));
    }

    [Fact]
    public async Task All_differences_are_counted_and_the_first_are_listed()
    {
        var campaign = await books.CampaignAsync();
        await books.ExecuteAsync("""
            insert into messages (id, campaign_id, kind, phone, status, attempts, created_at)
            select uuid_v7(), $1, 1, '', 4, 1, now() from generate_series(1, 2500)
            """, campaign);

        var report = await CheckAsync(campaign);

        Assert.Equal((2501, 100), (report.DifferenceCount, report.Differences.Count)); // and the counter
    }

    [Fact]
    public async Task Large_ledgers_come_in_pages()
    {
        var campaign = await books.CampaignAsync();
        await books.ExecuteAsync("""
            insert into messages (id, campaign_id, kind, phone, status, attempts, created_at)
            select uuid_v7(), $1, 1, '', 6, 1, now() from generate_series(1, 11000)
            """, campaign);
        await books.ExecuteAsync("insert into campaign_counters values ($1, 1, 6, 11000)", campaign);
        await using (var ids = books.Database.Command("select id from messages where campaign_id = $1", campaign))
        await using (var row = await ids.ExecuteReaderAsync())
        {
            var all = new List<Guid>();
            while (await row.ReadAsync())
            {
                all.Add(row.GetGuid(0));
            }

            await office.EnterAsync(campaign, "accepted", TimeProvider.System.GetUtcNow().AddDays(-1), [.. all]);
        }

        var report = await CheckAsync(campaign);

        Assert.Equal((0, 11000), (report.DifferenceCount, report.Numbers.Ledger!.Accepted));
    }

    [Fact]
    public async Task Without_messaging_the_counters_are_checked_all_the_same()
    {
        var campaign = await books.CampaignAsync();
        await SentAsync(campaign);
        await books.ExecuteAsync("update campaign_counters set n = 0 where campaign_id = $1", campaign);

        var report = await CheckAsync(campaign, "http://127.0.0.1:9");

        Assert.Null(report.Numbers.Ledger);
        Assert.Null(report.Numbers.Provider);
        Assert.Equal(DifferenceKind.Counter, Assert.Single(report.Differences).Kind);
    }

    [Fact]
    public async Task What_the_provider_has_not_is_a_difference_and_what_only_it_has_is_a_stray()
    {
        var campaign = await books.CampaignAsync();
        var (found, gone) = (await SentAsync(campaign), await SentAsync(campaign));
        office.AtProvider.Add(($"SM{found:N}1", Yesterday));
        office.AtProvider.Add(("SMstray", Yesterday));

        await Check().RunAsync(null, CancellationToken.None);

        var report = Assert.Single(await _store.ReadAsync(campaign, CancellationToken.None));
        Assert.Equal((1, 1), (report.Numbers.Provider!.Found, report.Numbers.Provider.Missing));
        var difference = Assert.Single(report.Differences);
        Assert.Equal((DifferenceKind.MissingAtProvider, gone), (difference.Kind, difference.MessageId));
        var all = (await _store.ReadOverallAsync(CancellationToken.None))!;
        Assert.Contains("SMstray", all.Strays.Select(stray => stray.ProviderMessageId));
    }

    [Fact]
    public async Task One_replica_keeps_the_books_every_night_and_when_it_is_wanted()
    {
        var clock = new TestClock(new(2126, 3, 1, 2, 59, 0, TimeSpan.Zero));
        using var keeper = Keeper(clock);
        using var another = Keeper(clock);
        await keeper.StartAsync(CancellationToken.None);
        await another.StartAsync(CancellationToken.None);
        var campaign = await books.CampaignAsync();
        await SentAsync(campaign);

        await _store.WishAsync(campaign, clock.GetUtcNow(), CancellationToken.None);
        keeper.Wake();
        await Eventually.BecomesTrueAsync(async () => !await _store.IsRunningAsync(campaign, CancellationToken.None));
        Assert.Equal(clock.GetUtcNow(), await CheckedAtAsync());

        clock.Advance(TimeSpan.FromMinutes(2));
        keeper.Wake();
        another.Wake();
        await Eventually.BecomesTrueAsync(async () =>
            (await _store.ReadOverallAsync(CancellationToken.None))?.CheckedAt == clock.GetUtcNow());
        Assert.Equal(clock.GetUtcNow(), await CheckedAtAsync());

        // The other one comes too late to wish it again.
        await _store.WishNightlyAsync(new(2126, 3, 1, 3, 0, 0, TimeSpan.Zero), CancellationToken.None);
        Assert.Null(await _store.NextWishAsync(CancellationToken.None));
        await keeper.StopAsync(CancellationToken.None);
        await another.StopAsync(CancellationToken.None);

        async Task<DateTimeOffset> CheckedAtAsync() =>
            Assert.Single(await _store.ReadAsync(campaign, CancellationToken.None)).CheckedAt;
    }

    [Fact]
    public async Task What_is_wished_anew_while_it_is_being_done_is_done_again()
    {
        var campaign = await books.CampaignAsync();
        await _store.WishAsync(campaign, Yesterday, CancellationToken.None);
        var wish = (await _store.NextWishAsync(CancellationToken.None))!;
        await _store.WishAsync(campaign, Yesterday.AddSeconds(1), CancellationToken.None);

        await _store.DoneAsync(wish, CancellationToken.None);
        Assert.True(await _store.IsRunningAsync(campaign, CancellationToken.None));

        await _store.DoneAsync((await _store.NextWishAsync(CancellationToken.None))!, CancellationToken.None);
        Assert.False(await _store.IsRunningAsync(campaign, CancellationToken.None));
    }

    private static DateTimeOffset Yesterday => TimeProvider.System.GetUtcNow().AddDays(-1);

    private async Task<Guid> SentAsync(Guid campaign, string? ledger = "accepted", DateTimeOffset? at = null)
    {
        var (id, _) = await books.OrderedAsync(campaign);
        await books.Book.EnterAsync(
            id, new MessageReport.Accepted(1, $"SM{id:N}1", at ?? Yesterday), CancellationToken.None);
        if (ledger is not null)
        {
            await office.EnterAsync(campaign, id, ledger);
        }

        return id;
    }

    private async Task<Guid> TestSentAsync(Guid campaign)
    {
        var (id, _) = await books.OrderedAsync(campaign, MessageKind.Test);
        await books.Book.EnterAsync(id, Accepted(1), CancellationToken.None);
        return id;
    }

    private async Task<CampaignBooks> CheckAsync(Guid campaign, string? address = null)
    {
        await Check(address: address).RunAsync(campaign, CancellationToken.None);
        return Assert.Single(await _store.ReadAsync(campaign, CancellationToken.None));
    }

    private BookKeeper Keeper(TimeProvider clock) => new(
        books.Database, _store, Check(clock), Options.Create(new BookOptions()), Options.Create(new TextOptions()),
        clock, NullLogger<BookKeeper>.Instance);

    private BookCheck Check(TimeProvider? clock = null, string? address = null)
    {
        clock ??= TimeProvider.System;
        // Nobody answers at the first.
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("services:messaging:http:0", "http://127.0.0.1:9"),
            new("services:messaging:http:1", address ?? office.Address),
        ]);
        return new(
            books.Database, new(books.Database, NullLogger<Recount>.Instance),
            new(new MessagingClient(new HttpClient(), configuration.Build(), TimeProvider.System)), _store,
            Options.Create(new BookOptions()), clock, NullLogger<BookCheck>.Instance);
    }
}

/// <summary>Messaging's ledger and what it tells of it, without the sending.</summary>
public sealed class LedgerOffice(DatabaseFixture databases) : IAsyncLifetime
{
    private WebApplication? _app;
    private NpgsqlDataSource? _database;

    public string Address => _app!.Urls.Single();

    internal List<(string Id, DateTimeOffset CreatedAt)> AtProvider { get; } = [];

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _database = NpgsqlDataSource.Create(await databases.CreateDatabaseAsync());
        builder.Services.AddSingleton(_database);
        builder.Services.AddSingleton<Messaging.IMessageProvider>(new Provider(AtProvider));
        _app = builder.Build();
        Messaging.BookEndpoints.MapBooks(_app);
        var assembly = typeof(Messaging.BookEndpoints).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await using var command = _database.Command(await reader.ReadToEndAsync());
            await command.ExecuteNonQueryAsync();
        }

        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        await _database!.DisposeAsync();
    }

    internal Task EnterAsync(Guid? campaign, Guid message, string state, DateTimeOffset? changedAt = null) =>
        EnterAsync(campaign, state, changedAt ?? TimeProvider.System.GetUtcNow().AddDays(-1), message);

    internal async Task EnterAsync(Guid? campaign, string state, DateTimeOffset changedAt, params Guid[] messages)
    {
        await using var command = _database!.Command("""
            insert into send_attempts (
                message_id, attempt, provider, sender, recipient, content, retries_used, state, claim,
                provider_message_id, claimed_at, changed_at, campaign_id)
            select id, 1, 'twilio', '+14155238886', '', 'text', 0, $2, id,
                case when $2 = 'accepted' then 'SM' || replace(id::text, '-', '') || '1' end, $3, $3, $4::uuid
            from unnest($1) as message (id)
            """, messages, state, changedAt, campaign);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Provider(List<(string Id, DateTimeOffset CreatedAt)> messages) : Messaging.IMessageProvider
    {
        public string Name => "twilio";

        public Task<Messaging.SendResult> SendAsync(
            SendMessage message, Func<Task<bool>> leave, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is to be sent.");

        public async IAsyncEnumerable<IReadOnlyList<Messaging.ProviderMessage>> ListAsync(
            Messaging.MessageFilter filter,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return messages.ConvertAll(message => new Messaging.ProviderMessage
            {
                ProviderMessageId = message.Id,
                From = filter.From!,
                To = "",
                CreatedAt = message.CreatedAt,
            });
        }

        public Task<string?> CheckWebhookAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task<Messaging.ProviderMessage?> FindAsync(
            string providerMessageId, CancellationToken cancellationToken) =>
            Task.FromResult<Messaging.ProviderMessage?>(null);
    }
}
