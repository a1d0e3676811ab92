using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class PhonesApiTests
{
    private const string Phone = $"/phones/{EmulatorFixture.Phone}";

    [Fact]
    public async Task Joining_by_message_tells_the_webhook_and_opens_the_window()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        await PostAsync(emulator, "join", HttpStatusCode.Accepted);

        var call = Assert.Single(await emulator.Sink.WaitForAsync(1));
        Assert.Equal("join calm-lake", call["Body"]);
        var phone = await emulator.Control.GetFromJsonAsync<JsonElement>(Phone);
        Assert.True(phone.GetProperty("joined").GetBoolean());
        Assert.Equal(emulator.Clock.Now + TimeSpan.FromHours(72), phone.GetProperty("joinedUntil").GetDateTimeOffset());
        Assert.Equal(emulator.Clock.Now + TimeSpan.FromHours(24), phone.GetProperty("windowUntil").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("stop")]
    [InlineData(" STOP ")]
    [InlineData("join other-code")]
    public async Task Who_stops_or_joins_another_sandbox_has_left_and_writes_in_vain(string text)
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        await PostAsync(emulator, "reply", HttpStatusCode.Accepted, new { text });
        using var message = await emulator.SendAsync();
        await PostAsync(emulator, "reply", HttpStatusCode.Conflict, new { text = "Hello?" });

        Assert.Equal(63015, (await emulator.BecomesAsync("failed", message)).GetProperty("error_code").GetInt32());
        Assert.Contains(await emulator.Sink.WaitForAsync(2), call => call["Body"] == text);
    }

    [Fact]
    public async Task Stop_and_silent_and_refuse_are_one_call_each()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        await PostAsync(emulator, "silent", HttpStatusCode.OK);
        Assert.Equal("silent", await BehaviourAsync());
        await PostAsync(emulator, "refuse", HttpStatusCode.OK, new { code = 63014 });
        Assert.Equal("refuses", await BehaviourAsync());
        await PostAsync(emulator, "stop", HttpStatusCode.Accepted);
        Assert.Equal("stop", Assert.Single(await emulator.Sink.WaitForAsync(1))["Body"]);

        async Task<string?> BehaviourAsync() =>
            (await emulator.Control.GetFromJsonAsync<JsonElement>(Phone)).GetProperty("behaviour").GetString();
    }

    [Fact]
    public async Task Who_was_written_to_appears_among_the_phones_with_the_conversation()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        (await emulator.SendAsync("Bonjour")).Dispose();
        await PostAsync(emulator, "join", HttpStatusCode.Accepted);

        var phones = await emulator.Control.GetFromJsonAsync<JsonElement>("/phones?messages=5");
        var phone = Assert.Single(phones.EnumerateArray());
        Assert.Equal(EmulatorFixture.Phone, phone.GetProperty("number").GetString());
        Assert.Equal(
            [("outbound", "Bonjour"), ("inbound", "join calm-lake")],
            phone.GetProperty("messages").EnumerateArray().Select(Line));
        var messages = await emulator.Control.GetFromJsonAsync<JsonElement>(Phone + "/messages");
        Assert.Equal(["Bonjour", "join calm-lake"], messages.EnumerateArray().Select(message => Line(message).Item2));

        static (string?, string?) Line(JsonElement message) =>
            (message.GetProperty("direction").GetString(), message.GetProperty("body").GetString());
    }

    [Fact]
    public async Task Strangers_behave_as_the_scenario_says()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.PlayAsync(new { strangers = new { joined = true, behaviour = "delivers" } });

        (await emulator.SendAsync()).Dispose();

        Assert.Equal(["sent", "delivered"], (await emulator.Sink.WaitForAsync(2)).Select(call => call.Status));
    }

    [Fact]
    public async Task A_phone_can_have_joined_and_written_some_time_ago()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        var now = emulator.Clock.Now;

        await emulator.SetPhoneAsync(new { joinedAt = now.AddHours(-73), lastWroteAt = now.AddHours(-1) });
        using var expired = await emulator.SendAsync();
        await emulator.SetPhoneAsync(new { joinedAt = now.AddHours(-71), lastWroteAt = now.AddHours(-25) });
        using var tooLate = await emulator.SendAsync();

        Assert.Equal(63015, (await emulator.BecomesAsync("failed", expired)).GetProperty("error_code").GetInt32());
        Assert.Equal(63016, (await emulator.BecomesAsync("failed", tooLate)).GetProperty("error_code").GetInt32());
    }

    [Fact]
    public async Task A_number_that_is_none_is_refused()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Control.PutAsJsonAsync("/phones/0612345678", new { joined = true });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_can_neither_change_nor_read_anything()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        // What a page may send across origins without asking first.
        using var simple = await emulator.Control.PostAsync(
            Phone + "/reply", new StringContent("""{"text":"forged"}""", Encoding.UTF8, "text/plain"));
        using var bare = await emulator.Control.PostAsync(Phone + "/stop", null);

        // A foreign name that was made to point here.
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/phones");
        rebound.Headers.Host = "evil.example.com";
        using var read = await emulator.Control.SendAsync(rebound);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, simple.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, bare.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, read.StatusCode);
        Assert.Empty((await emulator.Control.GetFromJsonAsync<JsonElement>(Phone + "/messages")).EnumerateArray());
    }

    [Fact]
    public async Task The_page_and_its_parts_are_served_and_run_nothing_foreign()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        foreach (var (path, type) in
                 new[] { ("/", "text/html"), ("/phones.js", "text/javascript"), ("/phones.css", "text/css") })
        {
            using var response = await emulator.Control.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
            Assert.NotEmpty(await response.Content.ReadAsStringAsync());
        }
    }

    private static async Task PostAsync(
        EmulatorFixture emulator, string action, HttpStatusCode expected, object? body = null)
    {
        using var response = await emulator.Control.PostAsJsonAsync($"{Phone}/{action}", body ?? new { });
        Assert.Equal(expected, response.StatusCode);
    }
}
