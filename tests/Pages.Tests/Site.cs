using System.Net.Http.Json;
using Microsoft.Playwright;
using Testing;

namespace Pages.Tests;

/// <summary>The running system in practice mode, its practice phones, and a browser in front of it.</summary>
public sealed class Site : IAsyncLifetime
{
    /// <summary>Who come first, by the numbers of <see cref="People"/>, are one test's ten thousand.</summary>
    private const int People10000 = 10_000;

    private const string Chromium = "/usr/bin/chromium";

    private static readonly string[] Quietly =
    [
        "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run",
    ];

    private LocalRun? _run;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private HttpClient? _phones;
    private int _lastPerson = People10000;

    public LocalRun Run => _run!;

    /// <summary>Where the emulator's control API is.</summary>
    public Uri Phones => _phones!.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        _run = await LocalRun.StartAsync(LocalRun.FreePort(), new Dictionary<string, string>
        {
            ["MESSAGING_MIN_INTERVAL"] = "00:00:00.200",
            ["MESSAGING_RETRY_BASE_DELAY"] = "00:00:00.100",
        });
        _phones = new() { BaseAddress = await AddressOfPhonesAsync() };
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = Quietly });
    }

    /// <summary>A visitor's browser. Nobody is signed in.</summary>
    public async Task<Visit> VisitAsync(
        string language = "en", ColorScheme theme = ColorScheme.Light, bool phone = false) => new(
        await _browser!.NewContextAsync(new()
        {
            BaseURL = Run.Gateway.ToString(),
            Locale = language == "fr" ? "fr-FR" : "en-GB",
            ColorScheme = theme,
            TimezoneId = "Europe/Paris",
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = phone ? new() { Width = 390, Height = 844 } : new() { Width = 1360, Height = 850 },
        }));

    /// <summary>A tag, a name or what else has to be no other test's.</summary>
    public static string Unique(string name) => $"{name} {Guid.NewGuid():n}"[..(name.Length + 13)];

    /// <summary>A number that no other test has.</summary>
    public string NewPhone() => People.PhoneOf(Interlocked.Increment(ref _lastPerson));

    /// <summary>A contact of this test only, whose phone behaves as told (the emulator's README); the number.</summary>
    public async Task<string> AddPersonAsync(string firstName, string tag, object? behaviour = null)
    {
        var phone = NewPhone();
        await SetPhoneAsync(phone, behaviour ?? new { joined = true, behaviour = "reads" });
        await Run.PostAsync("/api/contacts", new { phone, firstName, tags = new[] { tag } });
        return phone;
    }

    /// <summary>So many contacts that write to nobody; the tag of them all.</summary>
    public async Task<string> AddContactsAsync(int count)
    {
        var tag = Unique("many");
        for (var person = 1; person <= count; person++)
        {
            await Run.PostAsync("/api/contacts", new { phone = NewPhone(), firstName = $"N° {person}", tags = new[] { tag } });
        }

        return tag;
    }

    public async Task SetPhoneAsync(string phone, object behaviour)
    {
        using var set = await _phones!.PutAsJsonAsync($"/phones/{Uri.EscapeDataString(phone)}", behaviour);
        set.EnsureSuccessStatusCode();
    }

    /// <summary>A draft to people of its own, all of whom read; its id.</summary>
    public async Task<string> DraftAsync(string name, int people)
    {
        var tag = Unique("draft");
        for (var person = 1; person <= people; person++)
        {
            await AddPersonAsync($"N° {person}", tag);
        }

        return await Run.CreateCampaignAsync(name, new { tags = new[] { tag } });
    }

    public Task LaunchAsync(string campaign) => Run.PostAsync($"/api/campaigns/{campaign}/launch", new { });

    /// <summary>The person answers from their phone.</summary>
    public async Task ReplyAsync(string phone, string text)
    {
        using var sent = await _phones!.PostAsJsonAsync($"/phones/{Uri.EscapeDataString(phone)}/reply", new { text });
        sent.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        _phones?.Dispose();
        await (_run?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    // It takes a free port, and says which.
    private async Task<Uri> AddressOfPhonesAsync()
    {
        const string says = "Now listening on: ";
        await Eventually.BecomesTrueAsync(() => Run.Output.Any(Says));
        var line = Run.Output.First(Says);
        return new(line[(line.IndexOf(says, StringComparison.Ordinal) + says.Length)..].Trim());

        static bool Says(string line) =>
            line.StartsWith("emulator", StringComparison.Ordinal) && line.Contains(says, StringComparison.Ordinal);
    }
}
