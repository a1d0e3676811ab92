using Microsoft.Playwright;
using Testing;

namespace Benchmarks;

/// <summary>
/// What whoever looks at the pages waits for, in a browser on the same machine: a first page, a click, the people of a
/// large campaign while they scroll.
/// </summary>
internal static class PageBenchmark
{
    private const int Recipients = 10_000;
    private const int Visits = 10;
    private const int Rounds = 5;

    private static readonly string[] Menu = ["/campaigns", "/contacts", "/templates", "/inbox", "/activity", "/settings", "/"];

    // Answered: something on the page has changed and been painted. There: what the page shows has been read.
    private const string Click = """
        async selector => {
          const painted = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
          const changed = new Promise(done => {
            const watch = new MutationObserver(() => { watch.disconnect(); done(); });
            watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
          });
          const begun = performance.now();
          document.querySelector(selector).click();
          await changed;
          await painted();
          const answered = performance.now() - begun;
          do { await painted(); } while (document.querySelector('main .skeleton'));
          return [answered, performance.now() - begun];
        }
        """;

    private const string Scroll = """
        () => new Promise(done => {
          const frames = [], end = performance.now() + 8000;
          let last = performance.now();
          let empty = 0;
          requestAnimationFrame(function step(now) {
            frames.push(now - last);
            last = now;
            empty += [...document.querySelectorAll('.recipients .coming')].some(row => {
              const { top, bottom } = row.getBoundingClientRect();
              return bottom > 0 && top < innerHeight;
            });
            scrollBy(0, 40);
            now < end ? requestAnimationFrame(step) : done([empty / frames.length, ...frames.sort((a, b) => a - b)]);
          });
        })
        """;

    public static async Task<int> RunAsync()
    {
        await using var run = await LocalRun.StartAsync(LocalRun.FreePort(), new Dictionary<string, string>());
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        await People.InviteAsync(run, Recipients, _ => ["all"]);
        var campaign = await run.CreateCampaignAsync("Benchmark", new { all = true });
        await run.PostAsync($"/api/campaigns/{campaign}/launch", new { });
        await run.StatsAsync(campaign, "all are there", stats => stats["total"]!.GetValue<int>() == Recipients);
        await run.PostAsync($"/api/campaigns/{campaign}/cancel", new { });
        await run.StatsAsync(campaign, "nothing waits", stats => stats["pending"]!.GetValue<int>() == 0);

        var first = new List<double>();
        for (var visit = 0; visit <= Visits; visit++)
        {
            var page = await VisitAsync(browser, run);
            first.Add(await TimeAsync(() => OpenAsync(page, "/")));
            await page.Context.CloseAsync();
        }

        Console.WriteLine($"first page, empty cache: {first[0]:F0} ms right after the start, then {Summary(first[1..])}");

        var window = await VisitAsync(browser, run);
        await OpenAsync(window, "/");
        var (answered, there) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var path in Menu)
            {
                var times = await window.EvaluateAsync<double[]>(Click, $".sidebar a[href='{path}']");
                if (round > 0)
                {
                    answered.Add(times[0]);
                    there.Add(times[1]);
                }
            }
        }

        Console.WriteLine($"click in the menu, answered: {Summary(answered)}; the page is there: {Summary(there)}");

        var panel = new List<double>();
        for (var round = 0; round < 2 * Rounds; round++)
        {
            panel.Add((await window.EvaluateAsync<double[]>(Click, "[aria-controls=practice]"))[0]);
        }

        Console.WriteLine($"click that the server answers (practice phones): {Summary(panel)}");

        await OpenAsync(window, $"/campaigns/{campaign}");
        await window.Locator(".recipients").EvaluateAsync("table => table.scrollIntoView()");
        await window.Locator(".recipients tbody tr:not([aria-hidden])").First.WaitForAsync();
        var frames = await window.EvaluateAsync<double[]>(Scroll);
        Console.WriteLine($"scrolling {Recipients} recipients: a frame takes {Summary(frames[1..])}; "
            + $"in {frames[0]:P0} of them rows in view had not come yet");
        return 0;
    }

    private static async Task<IPage> VisitAsync(IBrowser browser, LocalRun run)
    {
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = run.Gateway.ToString(),
            ViewportSize = new() { Width = 1360, Height = 850 },
        });
        await context.APIRequest.PostAsync("/api/auth/login", new()
        {
            DataObject = new { userName = "admin", password = LocalRun.AdminPassword },
        });
        return await context.NewPageAsync();
    }

    /// <summary>Until clicks do something and nothing is still to come.</summary>
    private static async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(path);
        await page.Locator("[data-live=true]").WaitForAsync();
        await page.WaitForFunctionAsync("!document.querySelector('main .skeleton')");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var started = TimeProvider.System.GetTimestamp();
        await work();
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    private static string Summary(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return $"p50 {sorted[sorted.Length / 2]:F0}, p99 {sorted[sorted.Length * 99 / 100]:F0}, max {sorted[^1]:F0} ms";
    }
}
