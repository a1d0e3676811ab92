using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class StatusCallbackTests
{
    [Fact]
    public async Task A_message_is_reported_sent_then_delivered_then_read_each_signed()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        using var response = await emulator.SendAsync(callback: "status?m=42&a=1#rc=2");
        var sid = (await EmulatorFixture.JsonAsync(response)).GetProperty("sid").GetString();
        var calls = await emulator.Sink.WaitForAsync(3);

        Assert.Equal(["sent", "delivered", "read"], calls.Select(call => call.Status));
        Assert.All(calls, call =>
        {
            Assert.Equal("/status?m=42&a=1", call.Target);
            emulator.AssertSigned(call);
            Assert.Equal((sid, sid), (call["MessageSid"], call["SmsSid"]));
            Assert.Equal(call.Status, call["SmsStatus"]);
            Assert.Equal(EmulatorFixture.AccountSid, call["AccountSid"]);
            Assert.Equal((EmulatorFixture.Sender, $"whatsapp:{EmulatorFixture.Phone}"), (call["From"], call["To"]));
            Assert.Equal(("2010-04-01", "whatsapp"), (call["ApiVersion"], call["ChannelPrefix"]));
            Assert.DoesNotContain("ErrorCode", call.Form.Keys);
            Assert.Equal(call.Status == "read" ? "READ" : "", call["EventType"]);
        });
    }

    [Theory]
    [InlineData("delivers", "sent delivered")]
    [InlineData("silent", "sent")]
    [InlineData("refuses", "sent undelivered")]
    public async Task A_phone_takes_a_message_as_far_as_it_behaves(string behaviour, string expected)
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true, behaviour, refuseWith = 63014 });
        await emulator.SetPhoneAsync(new { joined = true }, "+33600000002");

        (await emulator.SendAsync()).Dispose();
        (await emulator.SendAsync(to: "+33600000002")).Dispose();

        // The second message goes all the way: by then the first has gone as far as it will.
        var count = expected.Split(' ').Length + 3;
        var calls = (await emulator.Sink.WaitForAsync(count))
            .Where(call => call["To"] == $"whatsapp:{EmulatorFixture.Phone}").ToList();
        Assert.Equal(expected, string.Join(' ', calls.Select(call => call.Status)));
        Assert.Equal(behaviour == "refuses" ? "63014" : "", calls[^1]["ErrorCode"]);
        Assert.Equal(behaviour == "refuses", calls[^1].Form.ContainsKey("ErrorMessage"));
    }

    [Fact]
    public async Task A_server_error_is_repeated_only_if_the_address_asks_for_it_and_with_the_same_token()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true, behaviour = "silent" });
        emulator.Sink.Answer = call => call < 3 ? 500 : 204;

        (await emulator.SendAsync(callback: "once")).Dispose();
        await emulator.Sink.WaitForAsync(1);
        (await emulator.SendAsync(callback: "often#rc=3&rp=5xx")).Dispose();
        var calls = await emulator.Sink.WaitForAsync(4);

        Assert.Equal(["/once", "/often", "/often", "/often"], calls.Select(call => call.Target));
        Assert.Single(calls.Skip(1).Select(call => call.Headers["I-Twilio-Idempotency-Token"]).Distinct());
        Assert.NotEqual(
            calls[0].Headers["I-Twilio-Idempotency-Token"], calls[1].Headers["I-Twilio-Idempotency-Token"]);
    }

    [Fact]
    public async Task A_webhook_that_is_not_there_does_not_stop_the_message()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        using var response = await emulator.PostAsync(
            ("To", $"whatsapp:{EmulatorFixture.Phone}"), ("From", EmulatorFixture.Sender), ("Body", "Bonjour"),
            ("StatusCallback", $"http://127.0.0.1:{UnusedPort()}/status"));

        var message = await emulator.BecomesAsync("read", response);
        Assert.Equal(JsonValueKind.Null, message.GetProperty("error_code").ValueKind);
    }

    [Theory]
    [InlineData("outOfOrder", "read delivered sent")]
    [InlineData("twice", "sent sent delivered delivered read read")]
    [InlineData("late", "sent delivered read")]
    public async Task Callbacks_come_as_the_scenario_says(string callbacks, string expected)
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        await emulator.PlayAsync(new { next = new[] { new { callbacks, delayMs = 200 } } });

        (await emulator.SendAsync()).Dispose();

        var calls = await emulator.Sink.WaitForAsync(expected.Split(' ').Length);
        Assert.Equal(expected, string.Join(' ', calls.Select(call => call.Status)));
    }

    [Fact]
    public async Task Lost_callbacks_leave_the_truth_to_be_read()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        await emulator.PlayAsync(new { next = new[] { new { callbacks = "lost" } } });

        using var lost = await emulator.SendAsync(callback: "lost");
        (await emulator.SendAsync(callback: "kept")).Dispose();

        await emulator.BecomesAsync("read", lost);
        var calls = await emulator.Sink.WaitForAsync(3);
        Assert.All(calls, call => Assert.Equal("/kept", call.Target));
    }

    [Fact]
    public async Task What_people_write_is_posted_signed_to_the_inbound_webhook()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true, profileName = "Zoé" });

        using var answer = await emulator.Control.PostAsJsonAsync(
            $"/phones/{EmulatorFixture.Phone}/reply", new { text = "Oui ! 👍", times = 2 });
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var calls = await emulator.Sink.WaitForAsync(2);

        Assert.Equal(calls[0].Form, calls[1].Form);
        var call = calls[0];
        Assert.Equal("/inbound?from=sandbox", call.Target);
        emulator.AssertSigned(call);
        Assert.Equal(("Oui ! 👍", "Zoé", "33612345678"), (call["Body"], call["ProfileName"], call["WaId"]));
        Assert.Equal(($"whatsapp:{EmulatorFixture.Phone}", EmulatorFixture.Sender), (call["From"], call["To"]));
        Assert.Equal((call["MessageSid"], call["MessageSid"]), (call["SmsSid"], call["SmsMessageSid"]));
        Assert.Equal(
            ("received", "0", "1", "text", "2010-04-01"),
            (call["SmsStatus"], call["NumMedia"], call["NumSegments"], call["MessageType"], call["ApiVersion"]));
        Assert.Matches("^SM[0-9a-f]{32}$", call["MessageSid"]);
    }

    [Fact]
    public async Task A_phone_with_an_automatic_reply_answers_what_is_delivered()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(
            new { joined = true, behaviour = "delivers", autoReply = new { afterMs = 5, text = "Bien reçu" } });

        (await emulator.SendAsync()).Dispose();

        var calls = await emulator.Sink.WaitForAsync(3);
        Assert.Equal("Bien reçu", Assert.Single(calls, call => call.Status.Length == 0)["Body"]);
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
