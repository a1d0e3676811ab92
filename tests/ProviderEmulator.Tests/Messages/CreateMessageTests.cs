using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class CreateMessageTests
{
    private const string To = "whatsapp:+33612345678";
    private const string From = EmulatorFixture.Sender;
    private const string Account = $"/2010-04-01/Accounts/{EmulatorFixture.AccountSid}";

    private static readonly (int Code, string Form)[] Refusals =
    [
        (21604, $"From={From}&Body=a"),
        (21603, $"To={To}&Body=a"),
        (21705, $"To={To}&MessagingServiceSid=MG0123456789abcdef0123456789abcdef&Body=a"),
        (21602, $"To={To}&From={From}"),
        (21617, $"To={To}&From={From}&Body={new string('a', 1601)}"),
        (21211, $"To=whatsapp:+0123&From={From}&Body=a"),
        (21211, $"To=whatsapp:33612345678&From={From}&Body=a"),
        (21910, $"To=+33612345678&From={From}&Body=a"),
        (21910, $"To={To}&From=+14155238886&Body=a"),
        (21606, "To=+33612345678&From=+14155238886&Body=a"),
        (63007, $"To={To}&From=whatsapp:+14155550000&Body=a"),
        (63031, $"To={From}&From={From}&Body=a"),
        (21609, $"To={To}&From={From}&Body=a&StatusCallback=status"),
        (21609, $"To={To}&From={From}&Body=a&StatusCallback=https://my_host.example.com/"),
        (21609, $"To={To}&From={From}&Body=a&StatusCallback=https://example.com/{new string('a', 4000)}"),
        (21620, $"To={To}&From={From}&MediaUrl=picture.png"),
        (21623, $"To={To}&From={From}{string.Concat(Enumerable.Repeat("&MediaUrl=https://example.com/p.png", 11))}"),
        (21654, $$"""To={{To}}&From={{From}}&Body=a&ContentVariables={"1":"a"}"""),
        (21655, $"To={To}&From={From}&ContentSid=HX00000000000000000000000000000000"),
        (21656, Template("not JSON")),
        (21656, Template("[]")),
        (21656, Template("""{"1":""}""")),
        (21656, Template("""{"1":null}""")),
        (21656, Template("""{"1":"a     b"}""")),
    ];

    [Fact]
    public async Task A_request_that_Twilio_would_refuse_is_refused_with_its_code()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        await Assert.AllAsync(Refusals, async refusal =>
        {
            using var response = await emulator.Twilio.PostAsync(
                EmulatorFixture.Messages,
                new StringContent(refusal.Form.Replace("+", "%2B", StringComparison.Ordinal), FormType()));
            await EmulatorFixture.AssertErrorAsync(response, 400, refusal.Code);
        });

        Assert.Empty((await emulator.GetAsync(EmulatorFixture.Messages)).GetProperty("messages").EnumerateArray());
    }

    [Fact]
    public async Task A_bare_plus_is_a_space_as_forms_have_it()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Twilio.PostAsync(
            EmulatorFixture.Messages, new StringContent($"To=whatsapp:+33612345678&From={From}&Body=a", FormType()));

        await EmulatorFixture.AssertErrorAsync(response, 400, 21211);
    }

    [Fact]
    public async Task JSON_is_refused()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Twilio.PostAsJsonAsync(
            EmulatorFixture.Messages, new { To, From, Body = "a" });

        await EmulatorFixture.AssertErrorAsync(response, 415, null);
    }

    [Fact]
    public async Task Without_the_accounts_credentials_nothing_is_answered()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        using var stranger = emulator.NewClient();

        using var without = await stranger.GetAsync(EmulatorFixture.Messages);
        await EmulatorFixture.AssertErrorAsync(without, 401, 20003);
        Assert.Equal("Basic", without.Headers.WwwAuthenticate.Single().Scheme);

        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{EmulatorFixture.AccountSid}:wrong")));
        using var wrong = await stranger.PostAsync(EmulatorFixture.Messages, new FormUrlEncodedContent([]));
        await EmulatorFixture.AssertErrorAsync(wrong, 401, 20003);
        using var content = await stranger.GetAsync("/v1/Content");
        await EmulatorFixture.AssertErrorAsync(content, 401, 20003);
    }

    [Fact]
    public async Task Another_account_and_another_resource_are_not_found()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        foreach (var path in new[]
                 {
                     "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json",
                     $"{Account}/Messages/SM00000000000000000000000000000000.json",
                     $"{Account}/Messages",
                     "/v1/Content/HX00000000000000000000000000000000",
                 })
        {
            using var response = await emulator.Twilio.GetAsync(path);
            await EmulatorFixture.AssertErrorAsync(response, 404, 20404);
        }
    }

    [Fact]
    public async Task An_accepted_message_is_answered_as_Twilio_answers()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.SendAsync("Où êtes-vous ? 👋");
        var message = await EmulatorFixture.JsonAsync(response);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var sid = message.GetProperty("sid").GetString();
        Assert.Matches("^SM[0-9a-f]{32}$", sid);
        using var expected = JsonDocument.Parse(
            $$"""
            {
              "account_sid": "{{EmulatorFixture.AccountSid}}", "api_version": "2010-04-01", "body": "Où êtes-vous ? 👋",
              "date_created": "Mon, 02 Mar 2026 10:00:00 +0000", "date_sent": null,
              "date_updated": "Mon, 02 Mar 2026 10:00:00 +0000", "direction": "outbound-api", "error_code": null,
              "error_message": null, "from": "{{From}}", "messaging_service_sid": null, "num_media": "0",
              "num_segments": "1", "price": null, "price_unit": null, "sid": "{{sid}}", "status": "queued",
              "subresource_uris": { "media": "{{Account}}/Messages/{{sid}}/Media.json" },
              "to": "{{To}}", "uri": "{{Account}}/Messages/{{sid}}.json"
            }
            """);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, message), message.ToString());
    }

    [Theory]
    [InlineData("""{"1":"le 3 mars","2":"15 h"}""", "le 3 mars", "15 h")]
    [InlineData("""{"1":"le 3 mars"}""", "le 3 mars", "3pm")]
    public async Task A_template_is_filled_in_and_falls_back_to_its_samples(string variables, string date, string time)
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.PostAsync(
            ("To", To), ("From", From), ("ContentSid", EmulatorFixture.Appointment), ("ContentVariables", variables));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.StartsWith(
            $"Your appointment is coming up on {date} at {time}.",
            (await EmulatorFixture.JsonAsync(response)).GetProperty("body").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_of_1600_characters_is_accepted()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.SendAsync(new string('é', 1600));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    [Fact]
    public async Task A_message_can_be_redacted_and_deleted_but_not_cancelled()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        using var created = await emulator.SendAsync();
        var uri = (await emulator.BecomesAsync("read", created)).GetProperty("uri").GetString()!;

        using var cancelled = await emulator.Twilio.PostAsync(uri, Form(("Status", "canceled")));
        await EmulatorFixture.AssertErrorAsync(cancelled, 400, 30409);

        using var redacted = await emulator.Twilio.PostAsync(uri, Form(("Body", "")));
        Assert.Equal("", (await EmulatorFixture.JsonAsync(redacted)).GetProperty("body").GetString());

        using var deleted = await emulator.Twilio.DeleteAsync(uri);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await emulator.Twilio.GetAsync(uri);
        await EmulatorFixture.AssertErrorAsync(gone, 404, 20404);
    }

    private static MediaTypeHeaderValue FormType() => new("application/x-www-form-urlencoded");

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static string Template(string variables) =>
        $"To={To}&From={From}&ContentSid={EmulatorFixture.Appointment}&ContentVariables={variables}";
}
