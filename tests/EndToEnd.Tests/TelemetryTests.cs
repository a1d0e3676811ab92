using System.Diagnostics;
using System.Net;
using System.Text;
using Testing;

namespace EndToEnd.Tests;

public sealed class TelemetryTests
{
    private const string FirstName = "Zoltan";
    private const string Reply = "Volontiers";
    private const string ForgedSignature = "c2lnbmVkIGJ5IG5vYm9keQ==";

    private static readonly string[] People = ["+33639982001", "+33639982002"];

    private static readonly string[] FromDispatchToProvider =
    [
        "campaigns: Internal dispatch message",
        "campaigns: Producer Contracts:SendMessage send",
        "messaging: Consumer messaging-send-message receive",
        "messaging: Consumer messaging-send-message process",
        "messaging: Client POST",
    ];

    private static readonly string FromLaunchToProvider = Way(
    [
        "gateway: Server",
        "gateway: Client POST",
        "campaigns: Server POST /api/campaigns/{id:guid}/launch",
        .. FromDispatchToProvider,
    ]);

    private static readonly string FromReplyToProvider = Way(
    [
        "gateway: Server",
        "gateway: Client POST",
        "webhooks: Server POST /api/webhooks/twilio",
        "webhooks: Producer Contracts:MessageReceived send",
        "campaigns: Consumer campaigns-message-received receive",
        "campaigns: Consumer campaigns-message-received process",
        .. FromDispatchToProvider,
    ]);

    [Fact]
    public async Task One_trace_leads_from_the_request_through_the_queue_to_the_provider_and_no_signal_tells_a_secret()
    {
        var port = LocalRun.FreePort();
        await using var collector = await Collector.StartAsync();
        await using var provider = await Provider.StartAsync(port);
        // Else the provider's list, whose address holds phone numbers, would be asked only 15 s after a lost answer.
        var soon = KeyValuePair.Create("Sending__ReconcileAfter", "00:00:01");
        var forged = ActivityTraceId.CreateRandom().ToHexString();
        await using (var run = await LocalRun.StartAsync(
            port, provider.Settings.Concat(collector.Settings).Append(soon).ToDictionary()))
        {
            await SendAndReplyAsync(run, provider);
            await ForgeCallbackAsync(run, forged);
            await Eventually.BecomesTrueAsync(
                () => WaysToProvider(collector).Count == 3, TimeSpan.FromSeconds(10), "the spans arrive while it runs");
        }

        Assert.Equal([FromLaunchToProvider, FromLaunchToProvider, FromReplyToProvider], WaysToProvider(collector));
        Assert.Contains(collector.Spans, span => span.Trace == forged && span.Service == "webhooks");
        Assert.DoesNotContain(collector.Spans, span => span is { Source: "Npgsql", Parent: "", Name: "postgresql" });
        // Metrics are due once a minute: here they prove that what is left goes out at the end.
        Assert.Equivalent(
            from signal in new[] { "traces", "metrics", "logs" }
            from service in new[] { "campaigns", "frontend", "gateway", "messaging", "webhooks" }
            select (signal, service),
            collector.Arrived, strict: true);
        AssertTellsNoSecret(collector);
    }

    private static async Task SendAndReplyAsync(LocalRun run, Provider provider)
    {
        var answered = new[] { new { fault = "none", callbacks = "none" } };
        var lost = new[] { new { fault = "cutAfter", callbacks = "lost" } };
        foreach (var phone in People)
        {
            await provider.SetPhoneAsync(phone, new { joined = true, next = phone == People[0] ? answered : lost });
            await run.PostAsync("/api/contacts", new { phone, firstName = FirstName });
            await run.GetAsync($"/api/contacts?search={Uri.EscapeDataString(phone)}");
        }

        var campaign = await run.CreateCampaignAsync("End to end", new { all = true });
        await run.PostAsync($"/api/campaigns/{campaign}/launch", new { });
        await run.StatsAsync(campaign, "one answered, one found in the provider's list", stats =>
            stats["sent"]!.GetValue<int>() == 2);
        await provider.ReplyAsync(People[0], Reply);
        await run.StatsAsync(campaign, "Message 2 is sent", stats => stats["message2"]!["sent"]!.GetValue<int>() == 1);
    }

    // Its trace context says "not sampled": an outsider does not decide what is recorded.
    private static async Task ForgeCallbackAsync(LocalRun run, string trace)
    {
        using var http = new HttpClient { BaseAddress = run.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/webhooks/twilio")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["From"] = $"whatsapp:{People[0]}" }),
        };
        request.Headers.Add("X-Twilio-Signature", ForgedSignature);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-00");
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static string Way(IEnumerable<string> spans) => string.Join(" → ", spans);

    /// <summary>For each call that sends a message: the spans within which it was made, the outermost first.</summary>
    private static List<string> WaysToProvider(Collector collector)
    {
        var spans = collector.Spans.ToDictionary(span => (span.Trace, span.Id));
        // The self-test of the webhook is a call as well, but for no message, and so within nothing.
        var calls = spans.Values.Where(
            span => span is { Service: "messaging", Source: "System.Net.Http", Name: "POST", Parent: not "" });
        return [.. calls.Select(call => Way(Within(call).Select(Describe).Reverse())).Order(StringComparer.Ordinal)];

        IEnumerable<Span> Within(Span span)
        {
            for (var next = span; next is not null; next = spans.GetValueOrDefault((next.Trace, next.Parent)))
            {
                yield return next;
            }
        }

        // The gateway's routes are its own business.
        static string Describe(Span span) => span is { Service: "gateway", Kind: SpanKind.Server }
            ? "gateway: Server"
            : $"{span.Service}: {span.Kind} {span.Name}";
    }

    private static void AssertTellsNoSecret(Collector collector)
    {
        Assert.Contains(
            collector.Spans, span => span is { Service: "messaging", Source: "System.Net.Http", Name: "GET" });
        Assert.NotNull(collector.Find(Provider.AccountSid)); // it is no secret, and shows that addresses are searched
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Provider.AccountSid}:{Provider.AuthToken}"));
        string[] secrets =
        [
            .. People.Select(phone => phone.TrimStart('+')), // however the plus is written
            FirstName, Reply, "Merci", Provider.AuthToken, login, LocalRun.AdminPassword, ForgedSignature, "To=",
            "search=",
        ];
        Assert.All(secrets, secret => Assert.Null(collector.Find(secret)));
    }
}
