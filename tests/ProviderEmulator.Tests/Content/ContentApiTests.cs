using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace ProviderEmulator.Tests;

public sealed class ContentApiTests
{
    [Fact]
    public async Task The_account_starts_with_approved_templates_in_English_and_French()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        var list = await emulator.GetAsync("/v1/Content");
        var contents = list.GetProperty("contents").EnumerateArray().ToList();
        var appointment = contents.Single(content => Text(content, "sid") == EmulatorFixture.Appointment);

        Assert.Equal(["en", "fr", "fr"], contents.Select(content => Text(content, "language")).Order());
        Assert.All(contents, content => Assert.Matches("^HX[0-9a-f]{32}$", Text(content, "sid")));
        Assert.Contains("{{1}}", Text(appointment.GetProperty("types").GetProperty("twilio/text"), "body"));
        Assert.Equal(
            ["1", "2"], appointment.GetProperty("variables").EnumerateObject().Select(variable => variable.Name));
        Assert.Equal("2026-03-02T10:00:00Z", appointment.GetProperty("date_created").GetString());
        Assert.Equal(
            $"{emulator.Address}v1/Content/{EmulatorFixture.Appointment}/ApprovalRequests",
            appointment.GetProperty("links").GetProperty("approval_fetch").GetString());
        Assert.Equal("contents", list.GetProperty("meta").GetProperty("key").GetString());

        foreach (var content in contents)
        {
            var approval = await emulator.GetAsync($"/v1/Content/{Text(content, "sid")}/ApprovalRequests");
            Assert.Equal("approved", approval.GetProperty("whatsapp").GetProperty("status").GetString());
        }
    }

    [Fact]
    public async Task The_list_is_paged_by_absolute_addresses()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        var sids = new List<string?>();
        for (string? url = "/v1/Content?PageSize=2"; url is not null;)
        {
            var page = await emulator.GetAsync(url);
            sids.AddRange(page.GetProperty("contents").EnumerateArray().Select(content => Text(content, "sid")));
            url = page.GetProperty("meta").GetProperty("next_page_url").GetString();
            Assert.True(url is null || url.StartsWith(emulator.Address.AbsoluteUri, StringComparison.Ordinal));
        }

        Assert.Equal(3, sids.Distinct().Count());
        Assert.Equal(3, sids.Count);
    }

    [Fact]
    public async Task A_template_is_created_submitted_and_deleted()
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Twilio.PostAsJsonAsync("/v1/Content", new
        {
            friendly_name = "merci",
            language = "fr",
            variables = new Dictionary<string, string> { ["1"] = "Zoé" },
            types = new Dictionary<string, object> { ["twilio/text"] = new { body = "Merci {{1}} !" } },
        });
        var created = await EmulatorFixture.JsonAsync(response);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var path = $"/v1/Content/{created.GetProperty("sid").GetString()}";
        Assert.True(JsonElement.DeepEquals(created, await emulator.GetAsync(path)));
        Assert.Equal("unsubmitted", await StatusAsync());

        using var submitted = await emulator.Twilio.PostAsJsonAsync(
            $"{path}/ApprovalRequests/whatsapp", new { name = "merci", category = "MARKETING" });
        Assert.Equal(HttpStatusCode.Created, submitted.StatusCode);
        Assert.Equal("approved", await StatusAsync());
        var approvals = (await emulator.GetAsync("/v1/ContentAndApprovals")).GetProperty("contents")[0];
        Assert.Equal("MARKETING", approvals.GetProperty("approval_requests").GetProperty("category").GetString());
        Assert.False(approvals.TryGetProperty("url", out _));

        using var deleted = await emulator.Twilio.DeleteAsync(path);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await emulator.Twilio.GetAsync(path);
        await EmulatorFixture.AssertErrorAsync(gone, 404, 20404);

        async Task<string?> StatusAsync() =>
            Text((await emulator.GetAsync($"{path}/ApprovalRequests")).GetProperty("whatsapp"), "status");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("not JSON")]
    [InlineData("""{"language":"fr","types":{}}""")]
    public async Task A_template_without_language_or_text_is_refused(string body)
    {
        await using var emulator = await EmulatorFixture.StartAsync();

        using var response = await emulator.Twilio.PostAsync(
            "/v1/Content", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        await EmulatorFixture.AssertErrorAsync(response, 400, 20422);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
