using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>Whether states and replies come back, as the settings tell.</summary>
public sealed class DoctorTests(Site site)
{
    [Fact]
    public async Task A_test_of_the_webhook_is_made_at_once_and_its_time_is_told()
    {
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/settings");
        var doctor = page.GetByRole(AriaRole.Region, new() { Name = "Do states and replies come back?" });
        await Expect(doctor).ToContainTextAsync("Twilio signs exactly this address");
        var before = (await site.Run.GetAsync("/api/sandbox"))["checkedAt"]?.GetValue<DateTimeOffset>();

        await doctor.GetByRole(AriaRole.Button, new() { Name = "Test now" }).ClickAsync();
        await Expect(doctor.GetByRole(AriaRole.Button, new() { Name = "Test now" })).ToBeEnabledAsync(new() { Timeout = 30_000 });
        await Expect(doctor).ToContainTextAsync("Yes: they arrive.");
        await Expect(doctor.GetByRole(AriaRole.Definition).Last).ToHaveTextAsync(new Regex(@"^\s*\d\d:\d\d\s*$"));
        await visit.AssertAccessibleAsync();
        var after = (await site.Run.GetAsync("/api/sandbox"))["checkedAt"]!.GetValue<DateTimeOffset>();
        Assert.True(before is null || after > before);
        Assert.Empty(visit.Complaints);
    }
}
