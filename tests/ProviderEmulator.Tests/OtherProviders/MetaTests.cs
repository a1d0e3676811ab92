using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ProviderEmulator.Tests;

/// <summary>The emulator as Meta's Cloud API: its JSON, codes and signed webhooks.</summary>
public sealed class MetaTests
{
    private const string Token = "the token of the tests";
    private const string Secret = "the app secret of the tests";
    private const string Number = "100000000000001";
    private const string Phone = "33612345678";
    private static readonly string[] Values = ["12/1", "3pm"];

    [Fact]
    public async Task A_template_is_taken_and_every_step_of_it_told_signed_and_with_what_was_sent_along()
    {
        await using var emulator = await StartAsync();

        using var answer = await SendAsync(emulator, Template("appointment_reminder", "en", Values));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var id = (await EmulatorFixture.JsonAsync(answer)).GetProperty("messages")[0].GetProperty("id").GetString();
        Assert.StartsWith("wamid.", id, StringComparison.Ordinal);
        var told = await emulator.Sink.WaitForAsync(3);
        Assert.Equal(["sent", "delivered", "read"], told.Select(call => Status(call, "status")));
        Assert.All(told, call =>
        {
            Assert.Equal((id, Phone, "our/1"), (
                Status(call, "id"), Status(call, "recipient_id"), Status(call, "biz_opaque_callback_data")));
            Assert.Equal(
                "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), call.Body)),
                call.Headers["X-Hub-Signature-256"]);
            Assert.Equal(Number, Value(call).GetProperty("metadata").GetProperty("phone_number_id").GetString());
        });
        var messages = await emulator.Control.GetFromJsonAsync<JsonElement>($"/phones/+{Phone}/messages");
        Assert.StartsWith(
            "Your appointment is coming up on 12/1 at 3pm.", messages[0].GetProperty("body").GetString());
    }

    [Theory]
    [InlineData("unknown", "en", 2, 404, 132001)]
    [InlineData("appointment_reminder", "fr", 2, 404, 132001)]
    [InlineData("appointment_reminder", "en", 1, 400, 132000)]
    public async Task A_template_that_does_not_fit_is_refused_with_metas_code(
        string name, string language, int values, int status, int code)
    {
        await using var emulator = await StartAsync();

        using var answer = await SendAsync(emulator, Template(name, language, Values[..values]));

        await AssertErrorAsync(answer, status, code);
        Assert.Empty(emulator.Sink.Calls);
    }

    [Theory]
    [InlineData(Number, "another", 401, 190)]
    [InlineData("100000000000002", Token, 400, 100)]
    public async Task Who_is_not_the_app_or_calls_another_number_is_refused(
        string number, string token, int status, int code)
    {
        await using var emulator = await StartAsync();

        using var answer = await SendAsync(emulator, Text("Bonjour"), number, token);

        await AssertErrorAsync(answer, status, code);
    }

    [Fact]
    public async Task Templates_are_listed_page_by_page_to_the_account_only()
    {
        await using var emulator = await StartAsync();

        var names = new List<string?>();
        for (var page = "/v25.0/200000000000002/message_templates?limit=2"; page is not null;)
        {
            using var answer = await GetAsync(page, Token);
            var list = await EmulatorFixture.JsonAsync(answer);
            names.AddRange(list.GetProperty("data").EnumerateArray().Select(template =>
                $"{template.GetProperty("name")} {template.GetProperty("language")} {template.GetProperty("status")}"));
            page = list.GetProperty("paging").TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(
            ["appointment_reminder en APPROVED", "rappel_rendez_vous fr APPROVED", "invitation_evenement fr APPROVED"],
            names);
        using var another = await GetAsync("/v25.0/200000000000003/message_templates", Token);
        await AssertErrorAsync(another, 400, 100);
        using var stranger = await GetAsync("/v25.0/200000000000002/message_templates", "another");
        await AssertErrorAsync(stranger, 401, 190);

        Task<HttpResponseMessage> GetAsync(string path, string token) => emulator.Control.SendAsync(
            new(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } });
    }

    [Fact]
    public async Task A_body_that_is_no_message_is_refused()
    {
        await using var emulator = await StartAsync();

        using var empty = await SendAsync(emulator, new { });
        using var toNobody = await SendAsync(
            emulator, new { messaging_product = "whatsapp", to = "06", type = "text" });

        await AssertErrorAsync(empty, 400, 100);
        await AssertErrorAsync(toNobody, 400, 100);
    }

    [Theory]
    [InlineData(null, 131026)]
    [InlineData(131050, 131050)]
    public async Task A_refusing_phone_fails_with_metas_code_or_the_one_that_was_set(int? refuseWith, int code)
    {
        await using var emulator = await StartAsync();
        await emulator.SetPhoneAsync(new { behaviour = "refuses", refuseWith });

        using var answer = await SendAsync(emulator, Template("appointment_reminder", "en", Values));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var failed = Assert.Single(await emulator.Sink.WaitForAsync(1));
        Assert.Equal(("failed", code), (Status(failed, "status"), CodeOf(failed)));
    }

    [Fact]
    public async Task Free_text_needs_a_window_which_the_person_opens_by_writing()
    {
        await using var emulator = await StartAsync();

        using var early = await SendAsync(emulator, Text("Bonjour"));
        var failed = Assert.Single(await emulator.Sink.WaitForAsync(1));
        await emulator.ReplyAsync("Où ?");
        var written = Value((await emulator.Sink.WaitForAsync(2))[1]);
        using var answer = await SendAsync(emulator, Text("Ici"));
        var told = await emulator.Sink.WaitForAsync(5);

        Assert.Equal(131047, CodeOf(failed));
        Assert.Equal(Phone, written.GetProperty("messages")[0].GetProperty("from").GetString());
        Assert.Equal("Où ?", written.GetProperty("messages")[0].GetProperty("text").GetProperty("body").GetString());
        Assert.Equal("read", Status(told[^1], "status"));
    }

    [Theory]
    [InlineData("tooManyRequests", 429, 130429)]
    [InlineData("serverError", 500, 131000)]
    [InlineData("refuse", 400, 131056)]
    public async Task What_goes_wrong_has_metas_code(string fault, int status, int code)
    {
        await using var emulator = await StartAsync();
        await emulator.PlayAsync(new { next = new[] { new { fault, status, code } } });

        using var answer = await SendAsync(emulator, Template("appointment_reminder", "en", Values));

        await AssertErrorAsync(answer, status, code);
    }

    private static Task<EmulatorFixture> StartAsync() => EmulatorFixture.StartAsync(
        ("Provider", "meta"), ("Meta:AccessToken", Token), ("Meta:PhoneNumberId", Number), ("Meta:AppSecret", Secret));

    private static object Text(string body) => new
    {
        messaging_product = "whatsapp",
        to = Phone,
        type = "text",
        text = new { body },
    };

    private static object Template(string name, string language, string[] values) => new
    {
        messaging_product = "whatsapp",
        to = Phone,
        type = "template",
        biz_opaque_callback_data = "our/1",
        template = new
        {
            name,
            language = new { code = language },
            components = new[]
            {
                new { type = "body", parameters = values.Select(text => new { type = "text", text }).ToArray() },
            },
        },
    };

    private static async Task<HttpResponseMessage> SendAsync(
        EmulatorFixture emulator, object body, string number = Number, string token = Token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v25.0/{number}/messages")
        {
            Content = JsonContent.Create(body),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await emulator.Control.SendAsync(request);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage answer, int status, int code)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        var error = (await EmulatorFixture.JsonAsync(answer)).GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetInt32());
        Assert.StartsWith($"(#{code})", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static JsonElement Value(WebhookCall call) =>
        call.Json.GetProperty("entry")[0].GetProperty("changes")[0].GetProperty("value");

    private static string? Status(WebhookCall call, string name) =>
        Value(call).GetProperty("statuses")[0].GetProperty(name).GetString();

    private static int CodeOf(WebhookCall call) =>
        Value(call).GetProperty("statuses")[0].GetProperty("errors")[0].GetProperty("code").GetInt32();
}
