using System.Text.Json;
using Microsoft.Playwright;
using Testing;

namespace Pages.Tests;

/// <summary>One visitor's browser window, and what went wrong in it.</summary>
public sealed class Visit(IBrowserContext context) : IAsyncDisposable
{
    private static readonly string Axe = File.ReadAllText(Path.Combine(
        ProgramProcess.RepositoryRoot, "tests", "Pages.Tests", "node", "node_modules", "axe-core", "axe.min.js"));

    private const int MostStops = 60;

    private readonly List<string> _complaints = [];
    private IPage? _page;

    public IPage Page => _page ?? throw new InvalidOperationException("Open a page first.");

    /// <summary>What the browser complained about: scripts that failed, what the page's policy forbids.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public async Task<IPage> OpenAsync(string path)
    {
        if (_page is null)
        {
            _page = await context.NewPageAsync();
            _page.SetDefaultTimeout(20_000);
            _page.PageError += (_, error) => _complaints.Add(error);
            _page.Console += (_, message) =>
            {
                // A refused sign-in is no mistake of the page.
                if (message.Type == "error" && !message.Text.Contains("status of 401", StringComparison.Ordinal))
                {
                    _complaints.Add(message.Text);
                }
            };
        }

        await _page.GotoAsync(path);
        return _page;
    }

    /// <summary>Opened, and live.</summary>
    public async Task<IPage> GoAsync(string path)
    {
        await OpenAsync(path);
        await IsLiveAsync();
        return Page;
    }

    /// <summary>Signed in without the form, which is not every test's subject.</summary>
    public async Task<Visit> SignedInAsync(string userName = "admin", string password = LocalRun.AdminPassword)
    {
        var answer = await context.APIRequest.PostAsync("/api/auth/login", new()
        {
            DataObject = new { userName, password },
        });
        Assert.True(answer.Ok, answer.StatusText);
        return this;
    }

    /// <summary>Until clicks do something: the page's live connection stands.</summary>
    public Task IsLiveAsync() => Page.Locator("[data-live=true]").WaitForAsync();

    /// <summary>The sentence on top of the page.</summary>
    public ILocator Title => Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The Tab key until it is there; fails if it is never reached.</summary>
    public async Task TabToAsync(ILocator target)
    {
        for (var stops = 0; stops < MostStops; stops++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"{target} is not reached by the keyboard.");
    }

    /// <summary>No rule of WCAG 2.2 A and AA is broken seriously. https://www.deque.com/axe/</summary>
    public async Task AssertAccessibleAsync()
    {
        await Page.EvaluateAsync(Axe);
        var found = await Page.EvaluateAsync<JsonElement>("""
            axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
                .then(results => results.violations
                    .filter(rule => ['serious', 'critical'].includes(rule.impact))
                    .map(rule => rule.id + ': ' + rule.nodes.map(node => node.html).join(' | ')))
            """);
        var violations = found.EnumerateArray().Select(rule => rule.GetString()).ToList();
        Assert.True(violations.Count == 0, $"{Page.Url}\n{string.Join('\n', violations)}");
    }

    /// <summary>Nobody has to scroll sideways. Names what sticks out furthest.</summary>
    public async Task AssertFitsAsync()
    {
        // Not innerWidth: that may grow with what sticks out.
        var wide = await Page.EvaluateAsync<string[]>("""
            width => document.documentElement.scrollWidth <= width ? [] : [...document.querySelectorAll('main *')]
                .filter(element => element.getBoundingClientRect().right > width)
                .sort((one, other) => other.getBoundingClientRect().right - one.getBoundingClientRect().right)
                .slice(0, 5).map(element => element.outerHTML.slice(0, 200))
            """, Page.ViewportSize!.Width);
        Assert.True(wide.Length == 0, $"{Page.Url}\n{string.Join('\n', wide)}");
    }

    public async ValueTask DisposeAsync()
    {
        await context.CloseAsync();
        await context.DisposeAsync();
    }
}
