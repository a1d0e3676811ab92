using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Contracts;
using Microsoft.AspNetCore.Mvc;
using Testing;

namespace Services.Webhooks.Tests;

[Trait("needs", "broker")]
public sealed class TwilioWebhookTests(WebhookFixture fixture) : IClassFixture<WebhookFixture>
{
    private readonly WebhookHost _host = fixture.Host;
    private readonly Listener<StatusChanged> _statuses = fixture.Statuses;
    private readonly Listener<MessageReceived> _messages = fixture.Messages;

    [Fact]
    public async Task A_status_callback_is_published_before_it_is_answered()
    {
        var (sid, message) = (WebhookHost.NewSid(), Guid.CreateVersion7());

        using var answer = await _host.PostAsync(
            WebhookHost.Status(sid, "undelivered", ("ErrorCode", "63016")), $"{WebhookHost.Path}?m={message}&a=2");

        await AssertTwimlAsync(answer);
        var (id, status) = await _statuses.HearsAsync(status => status.ProviderMessageId == sid);
        Assert.Equal(DerivedId.Of($"twilio/{sid}/undelivered/63016"), id);
        Assert.Equal(
            new StatusChanged
            {
                Provider = "twilio",
                ProviderMessageId = sid,
                MessageId = message,
                Attempt = 2,
                Status = DeliveryStatus.Failed,
                ErrorCode = "63016",
                ReceivedAt = status.ReceivedAt,
            },
            status);
        Assert.Equal(0, await _host.SpooledAsync());
    }

    [Fact]
    public async Task A_self_test_is_answered_with_a_proof_and_published_nowhere()
    {
        using var answer = await _host.PostAsync([("AccountSid", WebhookHost.AccountSid), ("SelfTest", "word")]);

        await AssertTwimlAsync(answer);
        Assert.Equal(
            SelfTest.Proof(WebhookHost.Token, "word"), Assert.Single(answer.Headers.GetValues(SelfTest.Header)));
    }

    [Fact]
    public async Task A_message_is_published_without_what_a_database_refuses()
    {
        var sid = WebhookHost.NewSid();

        using var answer = await _host.PostAsync(
            WebhookHost.Message(sid).Select(field => field.Name == "Body" ? ("Body", "Oui\0 !\r\n😀") : field));

        await AssertTwimlAsync(answer);
        var (id, message) = await _messages.HearsAsync(message => message.ProviderMessageId == sid);
        Assert.Equal(DerivedId.OfMessage("twilio", sid), id);
        Assert.Equal(
            new MessageReceived
            {
                Provider = "twilio",
                ProviderMessageId = sid,
                From = "+33639981234",
                To = "+14155238886",
                Text = "Oui !\r\n😀",
                ProfileName = "Zoé",
                ReceivedAt = message.ReceivedAt,
            },
            message);
    }

    [Fact]
    public async Task A_repeat_is_answered_alike_and_carries_the_same_id()
    {
        var sid = WebhookHost.NewSid();

        using var first = await _host.PostAsync(WebhookHost.Status(sid, "delivered"));
        var (id, _) = await _statuses.HearsAsync(status => status.ProviderMessageId == sid);
        using var second = await _host.PostAsync(WebhookHost.Status(sid, "delivered"));
        await Eventually.BecomesTrueAsync(() => _statuses.Count(status => status.ProviderMessageId == sid) == 2);

        await AssertTwimlAsync(second);
        Assert.Equal(DerivedId.Of($"twilio/{sid}/delivered/"), id);
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("sent")]
    [InlineData("delivered")]
    [InlineData("read")]
    [InlineData("failed")]
    [InlineData("a-status-of-the-future")]
    public async Task Property_8_every_accepted_callback_is_answered_with_empty_twiml(string status)
    {
        using var answer = await _host.PostAsync(WebhookHost.Status(WebhookHost.NewSid(), status));

        await AssertTwimlAsync(answer);
    }

    [Fact]
    public async Task A_json_event_is_checked_by_its_hash_and_left_alone()
    {
        const string json = """[{"type":"com.twilio.messaging.message.delivered"}]""";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        var target = $"{WebhookHost.Path}?bodySHA256={hash}";
        var signature = Signer.Sign(WebhookHost.Token, WebhookHost.PublicUrl + target);

        using var accepted = await _host.PostAsync(json, signature, target, "application/json");
        using var altered = await _host.PostAsync(json + " ", signature, target, "application/json");

        await AssertTwimlAsync(accepted);
        await AssertProblemAsync(altered, 403);
    }

    [Fact]
    public async Task The_token_of_a_rotation_is_accepted_too()
    {
        using var answer = await _host.PostAsync(
            WebhookHost.Status(WebhookHost.NewSid(), "sent"), token: "the-next-token");

        await AssertTwimlAsync(answer);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task A_forged_request_is_refused_and_nothing_is_published(string? signature)
    {
        var (forged, genuine) = (WebhookHost.NewSid(), WebhookHost.NewSid());

        using var refused = await _host.PostAsync(Signer.FormOf(WebhookHost.Status(forged, "read")), signature);
        using var accepted = await _host.PostAsync(WebhookHost.Status(genuine, "read"));

        await AssertProblemAsync(refused, 403);
        await _statuses.HearsAsync(status => status.ProviderMessageId == genuine);
        Assert.Equal(0, _statuses.Count(status => status.ProviderMessageId == forged));
    }

    [Fact]
    public async Task Two_signatures_are_none()
    {
        var fields = WebhookHost.Status(WebhookHost.NewSid(), "read");
        using var request = new HttpRequestMessage(HttpMethod.Post, WebhookHost.Path)
        {
            Content = new StringContent(Signer.FormOf(fields), null, "application/x-www-form-urlencoded"),
        };
        var signature = Signer.Sign(
            WebhookHost.Token, Signer.TextOf(WebhookHost.PublicUrl + WebhookHost.Path, fields));
        request.Headers.TryAddWithoutValidation("X-Twilio-Signature", [signature, signature]);

        using var answer = await _host.Http.SendAsync(request);

        await AssertProblemAsync(answer, 403);
    }

    [Fact]
    public async Task Neither_the_host_header_nor_forwarded_ones_choose_what_must_be_signed()
    {
        var fields = WebhookHost.Status(WebhookHost.NewSid(), "read");
        using var request = new HttpRequestMessage(HttpMethod.Post, WebhookHost.Path)
        {
            Content = new StringContent(Signer.FormOf(fields), null, "application/x-www-form-urlencoded"),
            Headers =
            {
                { "Host", "elsewhere.example.net" }, { "X-Forwarded-Host", "elsewhere.example.net" },
                { "X-Forwarded-Proto", "https" },
                {
                    "X-Twilio-Signature",
                    Signer.Sign(
                        WebhookHost.Token, Signer.TextOf("https://elsewhere.example.net" + WebhookHost.Path, fields))
                },
            },
        };

        using var answer = await _host.Http.SendAsync(request);

        await AssertProblemAsync(answer, 403);
    }

    [Theory]
    [InlineData("X=%FF", "X", "\ufffd")]
    [InlineData("X=%C3%28", "X", "\ufffd(")]
    [InlineData("X=%00", "X", "\0")]
    [InlineData("X=%ED%A0%BD", "X", "\ufffd\ufffd\ufffd")]
    [InlineData("X=%", "X", "%")]
    [InlineData("X=%2", "X", "%2")]
    [InlineData("X=%zz", "X", "%zz")]
    [InlineData("=v", "", "v")]
    [InlineData("X", "X", "")]
    [InlineData("&&X=1&X=1&&", "X", "1")]
    public async Task Odd_bodies_are_read_as_the_official_libraries_read_them(string odd, string name, string value)
    {
        var fields = WebhookHost.Status(WebhookHost.NewSid(), "sent");
        var text = Signer.TextOf(WebhookHost.PublicUrl + WebhookHost.Path, [.. fields, (name, value)]);

        using var answer = await _host.PostAsync(
            $"{Signer.FormOf(fields)}&{odd}", Signer.Sign(WebhookHost.Token, text));

        await AssertTwimlAsync(answer);
    }

    [Fact]
    public async Task Ten_thousand_fields_are_fine()
    {
        var many = Enumerable.Range(0, 10_000)
            .Select(number => (number.ToString("x", CultureInfo.InvariantCulture), ""));

        using var answer = await _host.PostAsync([.. WebhookHost.Status(WebhookHost.NewSid(), "sent"), .. many]);

        await AssertTwimlAsync(answer);
    }

    [Theory]
    [InlineData("application/json", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded-not", 415)]
    [InlineData("Application/X-WWW-Form-Urlencoded; charset=UTF-8", 200)]
    public async Task Only_forms_are_read(string type, int status)
    {
        var fields = WebhookHost.Status(WebhookHost.NewSid(), "sent");
        var text = Signer.TextOf(WebhookHost.PublicUrl + WebhookHost.Path, fields);

        using var answer = await _host.PostAsync(
            Signer.FormOf(fields), Signer.Sign(WebhookHost.Token, text), type: type);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_than_64_kilobytes_are_not_read(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, WebhookHost.Path)
        {
            Content = new StringContent(new string('x', 70_000), null, "application/x-www-form-urlencoded"),
            Headers = { TransferEncodingChunked = chunked },
        };
        request.Headers.Add("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");

        using var answer = await _host.Http.SendAsync(request);

        await AssertProblemAsync(answer, 413);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Other_methods_are_not_allowed(string method)
    {
        using var request = new HttpRequestMessage(new(method), WebhookHost.Path);

        using var answer = await _host.Http.SendAsync(request);

        await AssertProblemAsync(answer, 405);
    }

    [Fact]
    public async Task A_form_that_lacks_a_field_is_told_which()
    {
        using var answer = await _host.PostAsync(
            WebhookHost.Message(WebhookHost.NewSid()).Where(field => field.Name != "From"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("From", (await answer.Content.ReadFromJsonAsync<ValidationProblemDetails>())!.Errors.Keys);
    }

    [Fact]
    public async Task Another_account_is_refused()
    {
        using var answer = await _host.PostAsync(
            WebhookHost.Status(WebhookHost.NewSid(), "read").Select(field =>
                field.Name == "AccountSid" ? ("AccountSid", "AC00000000000000000000000000000002") : field));

        await AssertProblemAsync(answer, 403);
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await client.ConnectAsync(_host.Address.Host, _host.Address.Port, limit.Token);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {WebhookHost.Path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "X-Twilio-Signature: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nContent-Length: 100\r\n\r\na=1"),
            limit.Token);

        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync(limit.Token);

        Assert.DoesNotContain(" 200 ", answer);
    }

    private static async Task AssertTwimlAsync(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/xml", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("<Response/>", await answer.Content.ReadAsStringAsync());
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status, (await answer.Content.ReadFromJsonAsync<ProblemDetails>())!.Status);
    }
}
