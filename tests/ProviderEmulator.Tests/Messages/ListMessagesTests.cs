using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class ListMessagesTests
{
    [Fact]
    public async Task Following_the_next_page_reads_everything_once_newest_first_while_messages_are_added()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            (await emulator.SendAsync($"{i}")).Dispose();
        }

        var read = new List<string?>();
        var pages = new List<JsonElement>();
        for (string? uri = EmulatorFixture.Messages + "?PageSize=3"; uri is not null;)
        {
            var page = await emulator.GetAsync(uri);
            pages.Add(page);
            read.AddRange(EmulatorFixture.Bodies(page));
            uri = page.GetProperty("next_page_uri").GetString();
            (await emulator.SendAsync("added")).Dispose();
        }

        Assert.Equal(["6", "5", "4", "3", "2", "1", "0"], read);
        Assert.Equal([0, 1, 2], pages.Select(page => page.GetProperty("page").GetInt32()));
        Assert.Equal([(0, 2), (3, 5), (6, 6)], pages.Select(
            page => (page.GetProperty("start").GetInt32(), page.GetProperty("end").GetInt32())));
        Assert.Null(pages[0].GetProperty("previous_page_uri").GetString());

        var back = await emulator.GetAsync(pages[1].GetProperty("previous_page_uri").GetString()!);
        Assert.Equal(
            pages[0].GetProperty("messages").EnumerateArray().Select(Sid),
            back.GetProperty("messages").EnumerateArray().Select(Sid));
    }

    [Fact]
    public async Task A_page_is_found_by_its_token_and_not_by_its_number()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var numbered = await emulator.Twilio.GetAsync(EmulatorFixture.Messages + "?Page=2");
        await EmulatorFixture.AssertErrorAsync(numbered, 400, 20422);
        using var huge = await emulator.Twilio.GetAsync(EmulatorFixture.Messages + "?PageSize=1001");
        await EmulatorFixture.AssertErrorAsync(huge, 400, 20007);
    }

    [Fact]
    public async Task Messages_are_filtered_by_recipient_by_sender_and_by_day()
    {
        await using var emulator = await EmulatorFixture.StartAsync();
        await emulator.SetPhoneAsync(new { joined = true });
        using var first = await emulator.SendAsync("first");
        await emulator.BecomesAsync("read", first);
        emulator.Clock.Advance(TimeSpan.FromDays(1));
        await emulator.SetPhoneAsync(new { joined = true });
        using var second = await emulator.SendAsync("second");
        await emulator.BecomesAsync("read", second);
        await emulator.ReplyAsync("reply");
        using var elsewhere = await emulator.SendAsync("elsewhere", to: "+33600000009");
        await emulator.BecomesAsync("failed", elsewhere);

        var phone = Uri.EscapeDataString($"whatsapp:{EmulatorFixture.Phone}");
        var sender = Uri.EscapeDataString(EmulatorFixture.Sender);
        Assert.Equal(["second", "first"], await BodiesAsync($"To={phone}"));
        Assert.Equal(["reply"], await BodiesAsync($"From={phone}"));
        Assert.Equal(["reply"], await BodiesAsync($"To={sender}"));
        Assert.Equal(["elsewhere", "second", "first"], await BodiesAsync($"From={sender}"));
        Assert.Equal(["first"], await BodiesAsync("DateSent=2026-03-02"));
        Assert.Equal(["second"], await BodiesAsync("DateSent=2026-03-03"));
        Assert.Equal(["second"], await BodiesAsync("DateSent%3E=2026-03-03"));
        Assert.Equal(["second", "first"], await BodiesAsync("DateSent%3E=2026-03-02"));
        Assert.Equal(["first"], await BodiesAsync("DateSent%3C=2026-03-02"));
        Assert.Equal(["second"], await BodiesAsync("DateSent%3E=2026-03-02T10:00:01Z"));
        Assert.Empty(await BodiesAsync("DateSent=2026-03-04"));
        Assert.Equal(["first"], await BodiesAsync($"To={phone}&From={sender}&DateSent%3C=2026-03-02&PageSize=1"));

        async Task<IEnumerable<string?>> BodiesAsync(string query) =>
            EmulatorFixture.Bodies(await emulator.GetAsync($"{EmulatorFixture.Messages}?{query}"));
    }

    [Fact]
    public async Task The_oldest_messages_are_forgotten_so_that_memory_has_a_bound()
    {
        await using var emulator = await EmulatorFixture.StartAsync(("KeptMessages", "100"));
        using var oldest = await emulator.SendAsync("oldest");
        await Task.WhenAll(Enumerable.Range(0, 130).Select(i => emulator.SendAsync("new", to: $"+336000{i:d5}")));

        var kept = EmulatorFixture.Bodies(await emulator.GetAsync(EmulatorFixture.Messages + "?PageSize=1000"));
        Assert.InRange(kept.Count(), 100, 110);
        using var gone = await emulator.Twilio.GetAsync(
            (await EmulatorFixture.JsonAsync(oldest)).GetProperty("uri").GetString());
        await EmulatorFixture.AssertErrorAsync(gone, 404, 20404);
    }

    private static string? Sid(JsonElement message) => message.GetProperty("sid").GetString();
}
