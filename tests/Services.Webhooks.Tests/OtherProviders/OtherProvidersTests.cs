using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Contracts;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

/// <summary>The routes of Gupshup and Meta, with a broker behind them.</summary>
[Trait("needs", "broker")]
public sealed class OtherProvidersTests(WebhookFixture fixture) : IClassFixture<WebhookFixture>
{
    private const string GupshupPath = "/api/webhooks/gupshup";
    private const string MetaPath = "/api/webhooks/meta";

    private readonly WebhookHost _host = fixture.Host;

    public static IEnumerable<TheoryDataRow<string?>> WrongSignatures =>
        Vectors.Index("meta")["negative_signature_cases"]!.AsArray()
            .Select(one => new TheoryDataRow<string?>((string?)one!["header"]));

    public static IEnumerable<TheoryDataRow<string, int, string?>> Subscriptions =>
        Vectors.Index("meta")["get_verification"]!.AsArray().Select(one => new TheoryDataRow<string, int, string?>(
            (string)one!["query"]!, (int)one["expect_status"]!, (string?)one["expect_body"]));

    [Theory]
    [InlineData($"{GupshupPath}?token={WebhookHost.GupshupSecret}", null)]
    [InlineData(GupshupPath, WebhookHost.GupshupSecret)]
    [InlineData(GupshupPath, $"Bearer {WebhookHost.GupshupSecret}")]
    public async Task What_gupshup_tells_is_published_and_answered_with_nothing(string target, string? authorization)
    {
        var id = Guid.NewGuid().ToString();

        using var answer = await PostAsync(
            target, $$"""{ "type": "message-event", "eventType": "delivered", "externalId": "{{id}}" }""", authorization);

        Assert.Equal((HttpStatusCode.OK, 0L), (answer.StatusCode, answer.Content.Headers.ContentLength));
        var (key, status) = await fixture.Statuses.HearsAsync(one => one.ProviderMessageId == id);
        Assert.Equal(DerivedId.OfStatus("gupshup", id, "delivered", null), key);
        Assert.Equal(("gupshup", DeliveryStatus.Delivered), (status.Provider, status.Status));
    }

    [Theory]
    [InlineData(GupshupPath, null)]
    [InlineData($"{GupshupPath}?token=", null)]
    [InlineData($"{GupshupPath}?token=another", null)]
    [InlineData($"{GupshupPath}?token={WebhookHost.GupshupSecret}", "another")]
    public async Task Without_the_secret_nothing_is_taken_from_gupshup(string target, string? authorization)
    {
        using var answer = await PostAsync(target, "{}", authorization);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(
            WebhookHost.GupshupSecret, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_self_test_with_gupshups_secret_is_answered_with_the_proof_that_we_know_it()
    {
        using var answer = await PostAsync(
            $"{GupshupPath}?{SelfTest.Field}=word", "", WebhookHost.GupshupSecret);
        using var refused = await PostAsync($"{GupshupPath}?{SelfTest.Field}=word", "", "another");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(
            SelfTest.Proof(WebhookHost.GupshupSecret, "word"), answer.Headers.GetValues(SelfTest.Header).Single());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.False(refused.Headers.Contains(SelfTest.Header));
    }

    [Fact]
    public async Task A_report_in_a_form_brings_each_of_its_events()
    {
        var vector = Vectors.Of("gupshup", "11-enterprise-delivery-report-batch.json");
        using var form = new StringContent((string)vector["form_body"]!);
        form.Headers.ContentType = new("application/x-www-form-urlencoded");

        using var answer = await _host.Http.PostAsync($"{GupshupPath}?token={WebhookHost.GupshupSecret}", form);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await fixture.Statuses.HearsAsync(one => one.Status == DeliveryStatus.Read
            && one.ProviderMessageId == "4610000000000000001-110000000000000001");
        await fixture.Statuses.HearsAsync(one => one.ErrorCode == "021"
            && one.ProviderMessageId == "4610000000000000002-110000000000000002");
    }

    // Property 8 of the Gupshup plan, with the time that Gupshup gives: https://docs.gupshup.io/docs/webhook-key-points
    [Fact]
    public async Task Property_8_every_call_is_answered_within_gupshups_ten_seconds()
    {
        var calls = from text in Requests.Text
                    from number in Gen.Choose(0, 999_999)
                    from word in Gen.Elements("message", "enqueued", "sent", "delivered", "read", "failed", "mismatch")
                    select JsonSerializer.Serialize(word == "message"
                        ? (object)new { type = word, mobile = $"33639{number:d6}", text, timestamp = number }
                        : new { type = "message-event", eventType = word, externalId = $"{number}", cause = text });

        foreach (var call in calls.Sample(100))
        {
            var began = TimeProvider.System.GetTimestamp();
            using var answer = await PostAsync(GupshupPath, call, WebhookHost.GupshupSecret);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10), call);
        }
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    public async Task What_is_no_json_is_refused(string body)
    {
        using var answer = await PostAsync(GupshupPath, body, WebhookHost.GupshupSecret);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task What_meta_signed_is_published()
    {
        var vector = Vectors.Of("meta", "02-message-text-reply-escaped-unicode.json");

        using var answer = await PostSignedAsync(
            (string)vector["file"]!, (string)vector["x_hub_signature_256"]!);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (_, message) = await fixture.Messages.HearsAsync(
            one => one.ProviderMessageId == (string)vector["expected"]![0]!["provider_message_id"]!);
        Assert.Equal(("meta", "Très bien 👍 voir https://example.org/été"), (message.Provider, message.Text));
    }

    [Theory]
    [MemberData(nameof(WrongSignatures))]
    public async Task What_meta_did_not_sign_is_refused(string? header)
    {
        using var answer = await PostSignedAsync("02-message-text-reply-escaped-unicode.json", header);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Subscriptions))]
    public async Task Metas_challenge_is_answered_only_with_our_word(string query, int status, string? body)
    {
        using var answer = await _host.Http.GetAsync($"{MetaPath}?{query}");

        Assert.Equal(status, (int)answer.StatusCode);
        if (body is not null)
        {
            Assert.Equal(body, await answer.Content.ReadAsStringAsync());
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    private Task<HttpResponseMessage> PostSignedAsync(string file, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, MetaPath)
        {
            Content = new ByteArrayContent(Vectors.Read("meta", file)),
        };
        request.Content.Headers.ContentType = new("application/json");
        if (signature is not null)
        {
            request.Headers.Add(MetaWebhook.Header, signature);
        }

        return _host.Http.SendAsync(request);
    }

    private Task<HttpResponseMessage> PostAsync(string target, string body, string? authorization)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return _host.Http.SendAsync(request);
    }
}
