using System.Collections.Concurrent;
using System.Net;
using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults;

namespace Services.Messaging.Tests;

/// <summary>The whole service with a provider that cannot be asked what it has: only reports tell.</summary>
[Collection(nameof(Broker))]
public sealed class NoListTests(Messaging messaging) : IAsyncLifetime
{
    private readonly EventLog _events = messaging.Events;
    private readonly ConcurrentDictionary<string, bool> _failing = new();
    private WebApplication? _server;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            var id = Guid.NewGuid();
            await (_failing.Keys.Any(number => body.Contains(number[1..], StringComparison.Ordinal))
                ? Results.StatusCode(500)
                : context.Request.Path.StartsWithSegments("/gupshup")
                    ? Results.Json(new { status = "submitted", messageId = id }, statusCode: 202)
                    : Results.Json(new { messages = new[] { new { id = $"wamid.{id}" } } })).ExecuteAsync(context);
        });
        await _server.StartAsync();
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    [Fact]
    public Task A_report_settles_the_only_open_outcome_of_its_recipient() => WithAsync("gupshup", async _ =>
    {
        var order = await LoseAsync(Order.Text("Bonjour"));

        await ReportAsync("g-only", DeliveryStatus.Delivered, order.To);

        var accepted = Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal(("gupshup", "g-only", 1), (accepted.Provider, accepted.ProviderMessageId, accepted.Attempt));
    });

    [Fact]
    public Task A_reported_failure_of_the_only_open_outcome_is_its_verdict() => WithAsync("gupshup", async _ =>
    {
        var order = await LoseAsync(Order.Text("Bonjour"));

        await ReportAsync("g-failed", DeliveryStatus.Failed, order.To, code: "1002");

        Assert.Equal(
            "1002", Assert.IsType<MessageRejected>((await _events.ForAsync(order.MessageId, 2))[1]).ErrorCode);
    });

    [Fact]
    public Task Of_two_open_outcomes_of_one_person_none_is_settled_by_guess() => WithAsync("gupshup", async _ =>
    {
        var one = await LoseAsync(Order.Text("Bonjour"));
        var other = await LoseAsync(Order.Text("Bonsoir") with { To = one.To });

        await ReportAsync("g-either", DeliveryStatus.Sent, one.To);
        await PassAsync();

        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(one.MessageId)));
        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(other.MessageId)));
    });

    [Fact]
    public Task A_report_of_a_message_that_is_known_says_nothing_of_an_open_one() => WithAsync("gupshup", async _ =>
    {
        var known = Order.Text("Bonjour");
        await _events.PublishAsync(known);
        var id = (await _events.OnlyAsync<MessageAccepted>(known.MessageId)).ProviderMessageId;
        await ReportAsync(id, DeliveryStatus.Queued, known.To, other: "wamid.known");
        await PassAsync();
        var open = await LoseAsync(Order.Text("Bonsoir") with { To = known.To });

        await ReportAsync(id, DeliveryStatus.Delivered, known.To);
        await ReportAsync("wamid.known", DeliveryStatus.Read, known.To);
        await PassAsync();

        Assert.IsType<OutcomeUnknown>(Assert.Single(_events.For(open.MessageId)));
    });

    [Theory]
    [InlineData(DeliveryStatus.Queued)]
    [InlineData(DeliveryStatus.Sent)]
    public Task A_message_is_found_by_WhatsApps_id_too_once_a_report_has_named_both(DeliveryStatus first) =>
        WithAsync("gupshup", async _ =>
        {
            var (order, whatsApp) = (Order.Text("Bonjour"), $"wamid.{Guid.NewGuid()}");
            await _events.PublishAsync(order);
            var id = (await _events.OnlyAsync<MessageAccepted>(order.MessageId)).ProviderMessageId;
            await ReportAsync(id, first, order.To, other: whatsApp);
            await PassAsync();

            await ReportAsync(whatsApp, DeliveryStatus.Failed, null, code: "131049");

            var deferred = Assert.IsType<MessageDeferred>((await _events.ForAsync(order.MessageId, 2))[1]);
            Assert.Equal("131049", deferred.ErrorCode);
            Assert.Equal(id, await ScalarAsync<string>(
                "select provider_message_id from send_attempts where message_id = $1", order.MessageId));
        });

    [Fact]
    public Task What_nobody_told_for_a_day_is_unconfirmed_and_not_repeated_and_a_late_report_still_counts() =>
        WithAsync("meta", async _ =>
        {
            var order = await LoseAsync(Order.Text("Bonjour"));
            await PassAsync();
            Assert.Single(_events.For(order.MessageId)); // not before

            await AgeAsync(order, TimeSpan.FromDays(1));
            var rejected = Assert.IsType<MessageRejected>((await _events.ForAsync(order.MessageId, 2))[1]);
            Assert.Equal(("unconfirmed", false), (rejected.ErrorCode, rejected.StopsSender));
            Assert.True(ProviderErrors.Find("meta", rejected.ErrorCode).Permanent);

            await ReportAsync("wamid.late", DeliveryStatus.Delivered, null, order, "meta");
            Assert.Equal(
                "wamid.late",
                Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 3))[2]).ProviderMessageId);
        });

    [Theory]
    [InlineData("131026", true)]
    [InlineData("131049", false)]
    public Task A_failure_that_is_told_after_a_day_is_the_true_reason(string code, bool forGood) =>
        WithAsync("meta", async _ =>
        {
            var order = await LoseAsync(Order.Text("Bonjour"));
            await AgeAsync(order, TimeSpan.FromDays(1));
            await _events.ForAsync(order.MessageId, 2);

            await ReportAsync("wamid.late-failure", DeliveryStatus.Failed, null, order, "meta", code);

            var told = (await _events.ForAsync(order.MessageId, 3))[2];
            Assert.Equal(
                (code, forGood), told is MessageRejected rejected
                    ? (rejected.ErrorCode, true)
                    : (Assert.IsType<MessageDeferred>(told).ErrorCode!, false));
        });

    [Fact]
    public Task An_unconfirmed_message_may_be_sent_again_by_hand_and_its_number_is_forgotten_after_a_week() =>
        WithAsync("gupshup", async _ =>
        {
            var order = await LoseAsync(Order.Text("Bonjour"));
            await AgeAsync(order, TimeSpan.FromDays(1));
            await _events.ForAsync(order.MessageId, 2);

            _failing.Clear();
            await _events.PublishAsync(order with { Attempt = 2 });
            Assert.Equal(2, Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 3))[2]).Attempt);

            Assert.Equal(order.To, await RecipientAsync());
            await AgeAsync(order, TimeSpan.FromDays(7));
            await Testing.Eventually.BecomesTrueAsync(async () => await RecipientAsync() == "");

            Task<string?> RecipientAsync() => ScalarAsync<string>(
                "select recipient from send_attempts where message_id = $1 and attempt = 1", order.MessageId);
        });

    [Fact]
    public Task Metas_reports_name_our_message_and_settle_it() => WithAsync("meta", async _ =>
    {
        var order = await LoseAsync(Order.Text("Bonjour"));

        await ReportAsync("wamid.named", DeliveryStatus.Sent, null, order, "meta");

        var accepted = Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal(("meta", "wamid.named"), (accepted.Provider, accepted.ProviderMessageId));
    });

    [Fact]
    public Task What_another_provider_reports_late_is_judged_by_its_own_dictionary() => WithAsync("gupshup", async _ =>
    {
        var order = Order.Text("Bonjour");
        await using (var command = messaging.Database.Command("""
            insert into send_attempts (message_id, attempt, provider, sender, recipient, content, retries_used, claim,
                claimed_at, state, provider_message_id)
            values ($1, 1, 'twilio', $2, '', 'text', 0, $1, clock_timestamp(), 'accepted', $3)
            """, order.MessageId, order.From, $"SM{order.MessageId:n}"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await ReportAsync($"SM{order.MessageId:n}", DeliveryStatus.Failed, null, order, "twilio", "63009");

        var deferred = await _events.OnlyAsync<MessageDeferred>(order.MessageId);
        Assert.Equal(("twilio", "63009"), (deferred.Provider, deferred.ErrorCode));
    });

    [Fact]
    public Task The_check_of_the_books_and_whoever_wants_templates_are_told_that_there_is_no_list() =>
        WithAsync("gupshup", async host =>
        {
            using var client = host.CreateClient();
            using var audit = await client.GetAsync("/internal/books/provider?since=2026-01-01T00:00:00Z");
            using var templates = await client.GetAsync("/internal/templates");

            Assert.Equal(
                (HttpStatusCode.BadGateway, HttpStatusCode.BadGateway), (audit.StatusCode, templates.StatusCode));
            Assert.Contains("keeps no list", await audit.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        });

    private Task WithAsync(string provider, Func<MessagingHost, Task> test) => messaging.InsteadAsync(async () =>
    {
        var address = _server!.Urls.Single();
        await using var host = await messaging.StartHostAsync(
            ("Sending:Provider", provider),
            ("Gupshup:ApiKey", "key"), ("Gupshup:AppName", "FictionApp"), ("Gupshup:ApiUrl", $"{address}/gupshup"),
            ("Meta:AccessToken", "token"), ("Meta:PhoneNumberId", "1"), ("Meta:ApiUrl", $"{address}/meta"));
        await test(host);
    });

    /// <summary>Sends it so that nobody knows whether it arrived.</summary>
    private async Task<SendMessage> LoseAsync(SendMessage order)
    {
        _failing[order.To] = true;
        await _events.PublishAsync(order);
        Assert.IsType<OutcomeUnknown>((await _events.ForAsync(order.MessageId))[0]);
        return order;
    }

    private Task ReportAsync(
        string id, DeliveryStatus status, string? recipient, SendMessage? order = null, string provider = "gupshup",
        string? code = null, string? other = null) =>
        _events.PublishAsync(new StatusChanged
        {
            Provider = provider,
            ProviderMessageId = id,
            AlternativeId = other,
            MessageId = order?.MessageId,
            Attempt = order?.Attempt,
            Recipient = recipient,
            Status = status,
            ErrorCode = code,
            ReceivedAt = TimeProvider.System.GetUtcNow(),
        });

    private async Task AgeAsync(SendMessage order, TimeSpan age)
    {
        await using var command = messaging.Database.Command(
            "update send_attempts set claimed_at = claimed_at - $2 where message_id = $1", order.MessageId, age);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T?> ScalarAsync<T>(string sql, Guid messageId)
    {
        await using var command = messaging.Database.Command(sql, messageId);
        return (T?)await command.ExecuteScalarAsync();
    }

    /// <summary>Reports published before have been worked through once this returns.</summary>
    private async Task PassAsync()
    {
        var last = Order.Text("Bonjour");
        await _events.PublishAsync(last);
        var accepted = await _events.OnlyAsync<MessageAccepted>(last.MessageId);
        await ReportAsync(
            accepted.ProviderMessageId, DeliveryStatus.Failed, null, last, accepted.Provider, "invalid_destination");
        await _events.ForAsync(last.MessageId, 2);
    }
}
