using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class SandboxRulesTests
{
    private static readonly (string, string) Template = ("ContentSid", EmulatorFixture.Appointment);

    [Fact]
    public async Task A_number_that_has_not_joined_is_queued_then_fails_with_63015()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.SendAsync();
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("queued", (await EmulatorFixture.JsonAsync(response)).GetProperty("status").GetString());

        var call = Assert.Single(await emulator.Sink.WaitForAsync(1));
        Assert.Equal(("failed", "63015"), (call.Status, call["ErrorCode"]));
        var message = await emulator.BecomesAsync("failed", response);
        Assert.Equal(63015, message.GetProperty("error_code").GetInt32());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("date_sent").ValueKind);
    }

    [Fact]
    public async Task Joining_lasts_three_days_and_not_a_second_longer_whatever_is_written()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        emulator.Clock.Advance(TimeSpan.FromHours(70));
        await emulator.ReplyAsync("Bonjour");

        emulator.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromTicks(1));
        using var inTime = await emulator.SendAsync();
        emulator.Clock.Advance(TimeSpan.FromTicks(1));
        using var late = await emulator.SendAsync();

        await emulator.BecomesAsync("read", inTime);
        Assert.Equal(63015, (await emulator.BecomesAsync("failed", late)).GetProperty("error_code").GetInt32());
    }

    [Fact]
    public async Task Free_text_needs_a_message_from_the_person_within_24_hours_and_a_template_does_not()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });

        emulator.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        using var inTime = await emulator.SendAsync();
        emulator.Clock.Advance(TimeSpan.FromTicks(1));
        using var late = await emulator.SendAsync();
        using var template = await emulator.SendAsync(text: "", more: Template);
        await emulator.ReplyAsync("Oui");
        using var again = await emulator.SendAsync();

        await emulator.BecomesAsync("read", inTime);
        Assert.Equal(63016, (await emulator.BecomesAsync("failed", late)).GetProperty("error_code").GetInt32());
        await emulator.BecomesAsync("read", template);
        await emulator.BecomesAsync("read", again);
    }

    [Fact]
    public async Task The_sender_has_one_message_every_three_seconds_from_arrival_to_arrival()
    {
        await using var emulator = await EmulatorFixture.StartAsync(("MinInterval", "00:00:03"));

        (await emulator.SendAsync(to: "+33600000001")).Dispose();
        emulator.Clock.Advance(TimeSpan.FromSeconds(3) - TimeSpan.FromTicks(1));
        using var early = await emulator.SendAsync(to: "+33600000002");
        emulator.Clock.Advance(TimeSpan.FromTicks(1));
        using var onTime = await emulator.SendAsync(to: "+33600000002");

        await EmulatorFixture.AssertErrorAsync(early, 429, 63018);
        Assert.Equal(HttpStatusCode.Created, onTime.StatusCode);
    }

    [Fact]
    public async Task A_further_sender_does_not_share_the_three_seconds_and_gets_the_answers_to_what_it_sent()
    {
        await using var emulator = await EmulatorFixture.StartAsync(
            ("MinInterval", "00:00:03"), ("Senders", "+33199000001,+33199000002"));
        await emulator.SetPhoneAsync(new { joined = true });

        (await emulator.SendAsync(to: "+33600000001")).Dispose();
        using var other = await emulator.PostAsync(
            ("To", $"whatsapp:{EmulatorFixture.Phone}"), ("From", "whatsapp:+33199000002"), ("Body", "Bonjour"));
        await emulator.ReplyAsync("Oui");

        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
        var calls = await emulator.Sink.WaitForAsync(2); // the first one's failure, and the answer
        Assert.Equal("whatsapp:+33199000002", Assert.Single(calls, call => call["Body"] == "Oui")["To"]);
    }

    [Fact]
    public async Task Of_many_messages_at_once_one_passes()
    {
        await using var emulator = await EmulatorFixture.StartAsync(("MinInterval", "00:00:03"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => emulator.SendAsync()));

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.StatusCode is HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task A_production_sender_has_neither_members_nor_the_three_seconds_but_the_24_hours()
    {
        await using var emulator = await EmulatorFixture.StartAsync(("MinInterval", "00:00:03"));
        await emulator.PlayAsync(new { sandbox = false });

        using var template = await emulator.SendAsync(text: "", more: Template);
        using var text = await emulator.SendAsync();

        await emulator.BecomesAsync("read", template);
        Assert.Equal(63016, (await emulator.BecomesAsync("failed", text)).GetProperty("error_code").GetInt32());
    }

    [Fact]
    public async Task A_template_that_nobody_approved_is_free_text()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        emulator.Clock.Advance(TimeSpan.FromHours(24));
        using var created = await emulator.Twilio.PostAsJsonAsync("/v1/Content", new
        {
            language = "fr",
            types = new Dictionary<string, object> { ["twilio/text"] = new { body = "Bonjour" } },
        });
        var sid = (await EmulatorFixture.JsonAsync(created)).GetProperty("sid").GetString()!;

        using var before = await emulator.SendAsync(text: "", more: ("ContentSid", sid));
        (await emulator.Twilio.PostAsJsonAsync(
            $"/v1/Content/{sid}/ApprovalRequests/whatsapp", new { name = "bonjour", category = "UTILITY" })).Dispose();
        using var after = await emulator.SendAsync(text: "", more: ("ContentSid", sid));

        Assert.Equal(63016, (await emulator.BecomesAsync("failed", before)).GetProperty("error_code").GetInt32());
        await emulator.BecomesAsync("read", after);
    }
}
