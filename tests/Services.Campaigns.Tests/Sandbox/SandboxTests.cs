using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class SandboxTests(CampaignsApp app)
{
    [Fact]
    public async Task The_page_tells_how_to_join_within_which_limits_and_what_to_enter_at_the_provider()
    {
        var sandbox = await app.GetAsync("/api/sandbox");

        Assert.Equal("emulator", (string?)sandbox["mode"]);
        Assert.Equal("twilio", (string?)sandbox["provider"]);
        Assert.Equal("+14155238886", (string?)sandbox["number"]);
        Assert.Equal("happy-tiger", (string?)sandbox["joinCode"]);
        Assert.Equal("https://wa.me/14155238886?text=join%20happy-tiger", (string?)sandbox["joinLink"]);
        Assert.Equal(0.05, (double)sandbox["limits"]!["minIntervalSeconds"]!);
        Assert.Equal(24, (int)sandbox["limits"]!["sessionHours"]!);
        Assert.Equal(72, (int)sandbox["limits"]!["membershipHours"]!);
        Assert.Equal("https://campaigns.example/api/webhooks/twilio", (string?)sandbox["webhookUrl"]);
    }

    [Fact]
    public async Task A_webhook_that_has_arrived_proves_that_they_reach_us()
    {
        await app.ExecuteAsync("delete from webhook_activity");
        var before = await app.GetAsync("/api/sandbox");
        Assert.Null(before["webhookReachable"]);
        Assert.Null(before["lastWebhookAt"]);
        Assert.Null(before["checkedAt"]);

        await app.ExecuteAsync("insert into webhook_activity (last_at) values ('2026-03-01T12:00:00Z')");
        var after = await app.GetAsync("/api/sandbox");
        Assert.True((bool)after["webhookReachable"]!);
        Assert.Equal(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), (DateTimeOffset)after["lastWebhookAt"]!);
    }

    [Fact]
    public async Task A_failed_self_test_says_that_they_do_not_until_one_arrives_after_all()
    {
        await app.ExecuteAsync("delete from webhook_activity");
        await app.ExecuteAsync("""
            insert into webhook_checks (reachable, reason, checked_at)
            values (false, 'private_address', '2026-03-01T12:00:00Z')
            """);
        try
        {
            var failed = await app.GetAsync("/api/sandbox");
            Assert.False((bool)failed["webhookReachable"]!);
            Assert.Contains("tunnel", (string)failed["webhookProblem"]!, StringComparison.Ordinal);

            await app.ExecuteAsync("insert into webhook_activity (last_at) values ('2026-03-01T12:00:01Z')");
            var arrived = await app.GetAsync("/api/sandbox");
            Assert.True((bool)arrived["webhookReachable"]!);
            Assert.Null(arrived["webhookProblem"]);

            await app.ExecuteAsync("update webhook_checks set checked_at = '2026-03-01T12:00:02Z'");
            var again = await app.GetAsync("/api/sandbox");
            Assert.False((bool)again["webhookReachable"]!);
            Assert.Equal(new(2026, 3, 1, 12, 0, 2, TimeSpan.Zero), (DateTimeOffset)again["checkedAt"]!);

            await app.ExecuteAsync("update webhook_checks set reachable = true");
            Assert.True((bool)(await app.GetAsync("/api/sandbox"))["webhookReachable"]!);
        }
        finally
        {
            await app.ExecuteAsync("delete from webhook_checks");
        }
    }

    [Fact]
    public async Task Of_the_members_those_come_first_whose_membership_ends_first()
    {
        var (soon, later, former) = (
            await app.CreateContactAsync(), await app.CreateContactAsync(), await app.CreateContactAsync());
        await JoinedAsync(soon, TimeSpan.FromHours(71.9));
        await JoinedAsync(later, TimeSpan.FromHours(71.8));
        await JoinedAsync(former, TimeSpan.FromHours(72.1));

        var members = await app.GetAsync("/api/sandbox/members?limit=500");
        var ids = members["items"]!.AsArray().Select(member => member!.Id()).ToList();
        Assert.Equal([soon.Id(), later.Id()], ids.Take(2));
        Assert.DoesNotContain(former.Id(), ids);
        Assert.Equal(ids.Count, (long)members["total"]!);
        Assert.Single((await app.GetAsync("/api/sandbox/members?limit=1"))["items"]!.AsArray());
        await JoinedAsync(soon, TimeSpan.FromHours(90));
        await JoinedAsync(later, TimeSpan.FromHours(90));

        Task JoinedAsync(JsonNode contact, TimeSpan ago) => app.ExecuteAsync(
            "update contacts set joined_at = now() - $2 where id = $1", contact.Id(), ago);
    }

    [Fact]
    public async Task A_test_that_somebody_wants_now_is_ordered_from_Messaging()
    {
        var before = OrderDesk.Now();
        using var answer = await app.Client.PostAsync("/api/sandbox/check", null);

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        var order = await app.Desk.NextCheckAsync();
        Assert.InRange(order.RequestedAt, before, OrderDesk.Now());
    }

    [Theory]
    [InlineData("", 1)] // strict mode, one after the other
    [InlineData("0.5", 1)]
    [InlineData("12.5", 13)]
    public void What_may_still_leave_after_a_pause_is_what_a_second_may_hold(string rate, int most)
    {
        var sending = Start(new() { ["Sending:RatePerSecond"] = rate }).GetRequiredService<IOptions<SendingOptions>>();
        Assert.Equal(most, SenderAnswer.Of("+14155238886", sending.Value.Pace).MostAfterPause);
    }

    [Theory]
    [InlineData("fr-FR,fr;q=0.9,en;q=0.8", "Pour recevoir")]
    [InlineData("en-GB,fr;q=0.5", "To receive")]
    [InlineData("de,fr;q=0.5,en;q=0.4", "Pour recevoir")]
    [InlineData("fr;q=0,en;q=0.1", "To receive")]
    [InlineData("de", "To receive")]
    public async Task The_instruction_speaks_the_callers_language(string languages, string beginning)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sandbox");
        request.Headers.Add("Accept-Language", languages);
        using var response = await app.Client.SendAsync(request);

        var instruction = (string)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["joinInstruction"]!;
        Assert.StartsWith(beginning, instruction, StringComparison.Ordinal);
        Assert.Contains("join happy-tiger", instruction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sandbox:Number", "0612345678")]
    [InlineData("Sandbox:Mode", "test")]
    [InlineData("Sandbox:Provider", "sms")]
    [InlineData("Sending:MinInterval", "-00:00:03")]
    [InlineData("Sending:RatePerSecond", "0")]
    [InlineData("Sending:PerDay", "0")]
    [InlineData("PublicUrl", "campaigns.example")]
    public void A_setting_that_cannot_be_is_named_before_the_first_request(string key, string value)
    {
        var exception = Record.Exception(() => Start(new() { [key] = value }));

        Assert.NotNull(exception);
        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Empty_settings_are_those_of_the_sandbox()
    {
        var services = Start(new() { ["Sandbox:JoinCode"] = "", ["Sending:RatePerSecond"] = "", ["PublicUrl"] = "" });

        var options = services.GetRequiredService<IOptions<SandboxOptions>>().Value;
        Assert.Equal((SandboxMode.Sandbox, "+14155238886", null), (options.Mode, options.Number, options.JoinCode));
        Assert.Null(services.GetRequiredService<IOptions<SendingOptions>>().Value.RatePerSecond);
        Assert.Null(services.GetRequiredService<PublicAddress>().Webhook);
    }

    [Theory]
    [InlineData("twilio", "production", false)]
    [InlineData("twilio", "emulator", true)]
    [InlineData("gupshup", "emulator", false)]
    [InlineData("Meta", "production", false)]
    public void Each_provider_has_its_webhook_and_only_Twilio_a_Sandbox_to_join(
        string provider, string mode, bool hasMembership)
    {
        var services = Start(new()
        {
            ["Sandbox:Provider"] = provider,
            ["Sandbox:Mode"] = mode,
            ["PublicUrl"] = "https://campaigns.example",
        });

        Assert.Equal(hasMembership, services.GetRequiredService<IOptions<SandboxOptions>>().Value.HasMembership);
        Assert.Equal(
            $"https://campaigns.example/api/webhooks/{provider.ToLowerInvariant()}",
            services.GetRequiredService<PublicAddress>().Webhook?.ToString());
    }

    [Fact]
    public void Another_provider_than_Twilio_has_no_Sandbox()
    {
        var exception = Record.Exception(() =>
            Start(new() { ["Sandbox:Provider"] = "meta", ["Sandbox:Mode"] = "sandbox" }));

        Assert.Contains("Sandbox:Mode", exception?.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Start(Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(settings);
        var services = builder.AddSandbox().Services.BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        return services;
    }
}
