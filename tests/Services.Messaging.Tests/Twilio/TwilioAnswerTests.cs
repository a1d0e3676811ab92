using System.Net;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class TwilioAnswerTests
{
    private const string Sid = "SM00000000000000000000000000000001";

    // Twilio plan, property 3
    [Fact]
    public void Whatever_comes_back_it_is_an_outcome_and_only_a_success_with_a_SID_is_an_acceptance() =>
        Prop.ForAll(
            Gen.Choose(200, 599).ToArbitrary(), ArbMap.Default.ArbFor<string?>(),
            (status, body) => Read(status, body ?? "") is SendResult.Unknown or SendResult.Refused)
            .QuickCheckThrowOnFailure();

    // Twilio plan, property 3
    [Fact]
    public void A_refusal_carries_Twilios_code_in_every_shape_that_an_error_can_take() =>
        Prop.ForAll(
            Gen.Choose(400, 499).ToArbitrary(), Gen.Choose(10_000, 99_999).ToArbitrary(),
            Gen.Elements(
                "{{\"code\": {0}, \"message\": \"no\", \"more_info\": \"https://www.twilio.com/docs/errors/{0}\"}}",
                "{{\"code\": \"{0}\", \"message\": \"no\"}}",
                "{{\"type\": \"https://www.twilio.com/docs/api/errors/{0}\", \"title\": \"no\", \"code\": {0}}}")
                .ToArbitrary(),
            (status, code, shape) =>
                Read(status, string.Format(null, shape, code)) is SendResult.Refused refused
                && refused.Code == code.ToString(null as IFormatProvider))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("<html>Bad Gateway</html>")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"code\": null, \"message\": \"no\"}")]
    [InlineData("{\"code\": {\"code\": 21211}}")]
    [InlineData("{\"code\": 1e99}")]
    public void A_refusal_without_a_code_is_named_after_its_status(string body) =>
        Assert.Equal(new SendResult.Refused("http_404"), Read(404, body));

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"sid\": null}")]
    [InlineData("{\"sid\": 1}")]
    [InlineData("{\"sid\": \"\"}")]
    [InlineData("<html/>")]
    public void A_success_without_a_SID_leaves_the_outcome_unknown(string body) =>
        Assert.IsType<SendResult.Unknown>(Read(201, body));

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    public void A_success_with_a_SID_is_an_acceptance(int status) =>
        Assert.Equal(
            new SendResult.Accepted(Sid), Read(status, $$"""{ "sid": "{{Sid}}", "status": "queued", "extra": [] }"""));

    [Fact]
    public void A_message_that_is_born_failed_is_a_refusal() =>
        Assert.Equal(
            new SendResult.Refused("63016"),
            Read(201, $$"""{ "sid": "{{Sid}}", "status": "failed", "error_code": 63016 }"""));

    [Theory]
    [InlineData(500, "{\"code\": 20500}")]
    [InlineData(502, "<html/>")]
    [InlineData(503, "{\"code\": 20500}")]
    [InlineData(503, "")]
    [InlineData(504, "")]
    public void A_fault_of_the_server_leaves_the_outcome_unknown(int status, string body) =>
        Assert.IsType<SendResult.Unknown>(Read(status, body));

    [Fact]
    public void Twilios_own_unavailability_is_a_refusal() =>
        Assert.Equal(new SendResult.Refused("20503"), Read(503, """{ "code": 20503, "status": 503 }"""));

    [Theory]
    [InlineData("{\"code\": 63038}", 60, "63038", 60)]
    [InlineData("", 60, "20429", 60)]
    [InlineData("", null, "20429", 1)]
    [InlineData("", -5, "20429", 0)]
    [InlineData("", 1_000_000, "20429", 3600)]
    public void Too_many_requests_are_a_refusal_with_a_pause(string body, int? retryAfter, string code, int pause) =>
        Assert.Equal(
            new SendResult.Refused(code, TimeSpan.FromSeconds(pause)),
            TwilioAnswer.Read(
                HttpStatusCode.TooManyRequests, body, retryAfter is { } s ? TimeSpan.FromSeconds(s) : null));

    [Fact]
    public void A_redirect_is_a_refusal() => Assert.Equal(new SendResult.Refused("http_307"), Read(307, ""));

    // Twilio plan, property 13
    [Fact]
    public void Who_has_not_joined_the_sandbox_is_refused_for_good_and_told_how_to_join()
    {
        var refused = Assert.IsType<SendResult.Refused>(Read(400, """{ "code": 63015, "status": 400 }"""));
        var error = ProviderErrors.Find("twilio", refused.Code);

        Assert.Null(RetryPolicy.NotBefore(error, 0, null, DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1)));
        Assert.False(error.StopsSender);
        Assert.Equal(ErrorActor.Recipient, error.Actor);
        Assert.Contains("join", error.English.Action, StringComparison.Ordinal);
        Assert.Contains("join", error.French.Action, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_the_list_is_read_with_its_instants_and_the_way_to_the_next()
    {
        var (messages, next) = TwilioAnswer.ReadPage($$"""
            { "messages": [
                { "sid": "{{Sid}}", "from": "whatsapp:+14155238886", "to": "whatsapp:+33612345678", "body": "Bonjour",
                  "direction": "outbound-api", "status": "undelivered", "error_code": 63024, "num_media": "0",
                  "date_created": "Thu, 24 Aug 2023 05:01:45 +0000", "date_sent": null },
                { "sid": "SM2", "from": "whatsapp:+33612345678", "to": "whatsapp:+14155238886", "body": "",
                  "direction": "inbound", "status": "received", "num_media": "2", "date_created": null },
                { "sid": null }],
              "next_page_uri": "/2010-04-01/next" }
            """)!.Value;

        Assert.Equal(
            [
                new()
                {
                    ProviderMessageId = Sid,
                    From = "+14155238886",
                    To = "+33612345678",
                    Text = "Bonjour",
                    Status = DeliveryStatus.Failed,
                    ErrorCode = "63024",
                    CreatedAt = new(2023, 8, 24, 5, 1, 45, TimeSpan.Zero),
                    EventId = DerivedId.Of($"twilio/{Sid}/undelivered/63024"),
                },
                new ProviderMessage
                {
                    ProviderMessageId = "SM2",
                    From = "+33612345678",
                    To = "+14155238886",
                    Inbound = true,
                    Text = "",
                    MediaCount = 2,
                    EventId = DerivedId.Of("twilio/SM2"),
                },
            ],
            messages);
        Assert.Equal("/2010-04-01/next", next);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"messages\": {}}")]
    public void An_answer_that_is_no_list_is_no_page(string body) => Assert.Null(TwilioAnswer.ReadPage(body));

    private static SendResult Read(int status, string body) => TwilioAnswer.Read((HttpStatusCode)status, body, null);
}
