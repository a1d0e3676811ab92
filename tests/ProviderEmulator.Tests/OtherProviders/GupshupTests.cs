using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ProviderEmulator.Tests;

/// <summary>The emulator as Gupshup: its forms, words, codes and webhooks.</summary>
public sealed class GupshupTests
{
    private const string Key = "the key of the tests";
    private const string Secret = "the secret of the tests";
    private const string Phone = "33612345678";

    /// <summary>The built-in appointment reminder.</summary>
    private const string Appointment = "b5b62575-e6e4-ff61-29ad-7c8efe1f983e";

    [Fact]
    public async Task A_template_is_taken_and_every_step_of_it_told_with_the_secret()
    {
        await using var emulator = await StartAsync();

        using var answer = await SendTemplateAsync(emulator, Appointment, "12/1", "3pm");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var accepted = await EmulatorFixture.JsonAsync(answer);
        Assert.Equal("submitted", accepted.GetProperty("status").GetString());
        var id = accepted.GetProperty("messageId").GetString();
        var told = await emulator.Sink.WaitForAsync(4);
        Assert.Equal(["enqueued", "sent", "delivered", "read"], told.Select(Word));
        Assert.All(told, call =>
        {
            Assert.Equal(Secret, call.Headers["Authorization"]);
            Assert.Equal("message-event", call.Json.GetProperty("type").GetString());
            Assert.Equal(Phone, Payload(call).GetProperty("destination").GetString());
        });
        Assert.Equal(id, Payload(told[0]).GetProperty("id").GetString());
        var whatsApps = Payload(told[0]).GetProperty("payload").GetProperty("whatsappMessageId").GetString();
        Assert.All(told.Skip(1), call => Assert.Equal(
            (id, whatsApps),
            (Payload(call).GetProperty("gsId").GetString(), Payload(call).GetProperty("id").GetString())));
        var log = Assert.Single((await emulator.LogAsync()).EnumerateArray());
        Assert.Equal(
            ($"whatsapp:+{Phone}", id), (log.GetProperty("to").GetString(), log.GetProperty("sid").GetString()));
        var messages = await emulator.Control.GetFromJsonAsync<JsonElement>($"/phones/+{Phone}/messages");
        Assert.StartsWith(
            "Your appointment is coming up on 12/1 at 3pm.", messages[0].GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("apikey", "another", 401, "Authentication Failed")]
    [InlineData("src.name", "another", 400, "Invalid App Details")]
    [InlineData("source", "14155550000", 400, "Invalid App Details")]
    [InlineData("destination", "0612", 400, "Invalid Destination")]
    [InlineData("message", "Bonjour", 400, "Invalid Message")]
    public async Task What_gupshup_would_refuse_is_refused_in_its_words(
        string field, string value, int status, string words)
    {
        await using var emulator = await StartAsync();
        var form = Text("Bonjour");
        var key = field == "apikey" ? value : Key;
        form[field] = value;

        using var answer = await PostAsync(emulator, "msg", form, key);

        Assert.Equal(status, (int)answer.StatusCode);
        var error = await EmulatorFixture.JsonAsync(answer);
        Assert.Equal(
            ("error", words), (error.GetProperty("status").GetString(), error.GetProperty("message").GetString()));
    }

    [Theory]
    [InlineData(null, 1002)]
    [InlineData(131049, 131049)]
    public async Task A_refusing_phone_fails_with_gupshups_code_or_the_one_that_was_set(int? refuseWith, int code)
    {
        await using var emulator = await StartAsync();
        await emulator.SetPhoneAsync(new { behaviour = "refuses", refuseWith });

        using var answer = await SendTemplateAsync(emulator, Appointment, "12/1", "3pm");

        var id = (await EmulatorFixture.JsonAsync(answer)).GetProperty("messageId").GetString();
        var told = await emulator.Sink.WaitForAsync(code == 1002 ? 1 : 2);
        var failed = Payload(told[^1]);
        Assert.Equal(("failed", code), (Word(told[^1]), failed.GetProperty("payload").GetProperty("code").GetInt32()));
        // Its own refusals are under its own id, WhatsApp's are not.
        Assert.Equal(code == 1002, !failed.TryGetProperty("gsId", out var gsId));
        Assert.Equal(id, code == 1002 ? failed.GetProperty("id").GetString() : gsId.GetString());
    }

    [Fact]
    public async Task Free_text_outside_the_window_and_an_unknown_template_fail()
    {
        await using var emulator = await StartAsync();

        using var text = await PostAsync(emulator, "msg", Text("Bonjour"));
        await emulator.Sink.WaitForAsync(1);
        using var unknown = await SendTemplateAsync(emulator, Guid.NewGuid().ToString());
        await emulator.Sink.WaitForAsync(2);
        using var tooFew = await SendTemplateAsync(emulator, Appointment, "12/1");
        var told = await emulator.Sink.WaitForAsync(3);

        Assert.All([text, unknown, tooFew], answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        Assert.Equal(
            [1005, 4003, 4003],
            told.Select(call => Payload(call).GetProperty("payload").GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Nobody_has_to_join_and_what_a_person_writes_opens_the_window()
    {
        await using var emulator = await StartAsync();
        using var joined = await emulator.Control.PostAsJsonAsync($"/phones/+{Phone}/join", new { });
        Assert.Equal(HttpStatusCode.OK, joined.StatusCode);

        await emulator.ReplyAsync("Oui, à \"demain\" & merci");
        var written = Assert.Single(await emulator.Sink.WaitForAsync(1));
        using var answer = await PostAsync(emulator, "msg", Text("Merci 👍"));
        var told = await emulator.Sink.WaitForAsync(5);

        Assert.Equal("message", written.Json.GetProperty("type").GetString());
        Assert.Equal(Phone, Payload(written).GetProperty("sender").GetProperty("phone").GetString());
        Assert.Equal(
            "Oui, à \"demain\" & merci", Payload(written).GetProperty("payload").GetProperty("text").GetString());
        Assert.Equal(["enqueued", "sent", "delivered", "read"], told.Skip(1).Select(Word));
    }

    [Theory]
    [InlineData("tooManyRequests", 429, 0)]
    [InlineData("serverError", 500, 0)]
    [InlineData("unavailable", 503, 0)]
    [InlineData("acceptThenError", 500, 4)]
    [InlineData("acceptThenGarbage", 202, 4)]
    public async Task What_goes_wrong_goes_wrong_in_gupshups_way(string fault, int status, int reports)
    {
        await using var emulator = await StartAsync();
        await emulator.PlayAsync(new { next = new[] { new { fault } } });

        using var answer = await SendTemplateAsync(emulator, Appointment, "12/1", "3pm");

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(reports, (await emulator.Sink.WaitForAsync(reports)).Count);
    }

    private static Task<EmulatorFixture> StartAsync() => EmulatorFixture.StartAsync(
        ("Provider", "gupshup"), ("Gupshup:ApiKey", Key), ("Gupshup:AppName", "TestApp"),
        ("Gupshup:WebhookSecret", Secret));

    private static Dictionary<string, string> Form() => new()
    {
        ["channel"] = "whatsapp",
        ["source"] = "14155238886",
        ["destination"] = Phone,
        ["src.name"] = "TestApp",
    };

    private static Dictionary<string, string> Text(string text) => new(Form())
    {
        ["message"] = JsonSerializer.Serialize(new { type = "text", text }),
    };

    private static Task<HttpResponseMessage> SendTemplateAsync(
        EmulatorFixture emulator, string id, params string[] values) =>
        PostAsync(emulator, "template/msg", new(Form())
        {
            ["template"] = JsonSerializer.Serialize(new { id, @params = values }),
        });

    private static async Task<HttpResponseMessage> PostAsync(
        EmulatorFixture emulator, string path, Dictionary<string, string> form, string key = Key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/wa/api/v1/{path}")
        {
            Content = new FormUrlEncodedContent(form),
        };
        request.Headers.Add("apikey", key);
        return await emulator.Control.SendAsync(request);
    }

    private static JsonElement Payload(WebhookCall call) => call.Json.GetProperty("payload");

    private static string? Word(WebhookCall call) => Payload(call).GetProperty("type").GetString();
}
