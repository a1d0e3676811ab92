using Testing;

namespace Faults.Tests;

/// <summary>A whole system that runs, the provider it sends through, and ten thousand people to write to.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const int Everybody = 10_000;

    // A campaign is for those of a tag; each tag has so many people.
    private static readonly int[] Audiences = [40, 100, 200, 500, 1000, 2000, 4000, Everybody];

    private readonly DirectoryInfo _tickets;

    private Stage(
        Layout layout, Provider provider, Door door, LocalRun run, FalseClock? clock, DirectoryInfo tickets) =>
        (Layout, Provider, Door, Run, Clock, Processes, _tickets) =
            (layout, provider, door, run, clock, new Processes(run.ProcessId), tickets);

    public Layout Layout { get; }

    public Provider Provider { get; }

    public Door Door { get; }

    public LocalRun Run { get; }

    /// <summary>Where the layout has one.</summary>
    public FalseClock? Clock { get; }

    public Processes Processes { get; }

    public static async Task<Stage> StartAsync(Layout layout)
    {
        var port = LocalRun.FreePort();
        var tickets = Directory.CreateTempSubdirectory("campaigns-faults-");
        var provider = await Provider.StartAsync(port, layout.EmulatorSettings);
        var door = new Door(provider.Address);
        var settings = provider.Settings;
        settings["TWILIO_API_BASE_URL"] = door.Address.ToString();
        var clock = layout.HasFalseClock ? new FalseClock() : null;
        foreach (var (name, value) in layout.Settings(tickets.FullName).Concat(clock?.Settings ?? []))
        {
            settings[name] = value;
        }

        try
        {
            var stage = new Stage(layout, provider, door, await LocalRun.StartAsync(port, settings), clock, tickets);
            await People.InviteAsync(
                stage.Run, Everybody, person => [.. Audiences.Where(size => person <= size).Select(size => $"first{size}")]);
            return stage;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whoever reaches this step of a send next gets the signal; once.</summary>
    public string LayTicket(string step, string signal)
    {
        var ticket = Path.Combine(_tickets.FullName, $"{step}.{signal}");
        File.WriteAllText(ticket, "");
        return ticket;
    }

    /// <summary>A running campaign for so many people.</summary>
    public async Task<Performance> LaunchAsync(int messages)
    {
        if (!Audiences.Contains(messages))
        {
            throw new ArgumentOutOfRangeException(nameof(messages));
        }

        foreach (var ticket in _tickets.GetFiles())
        {
            ticket.Delete();
        }

        Door.Delay = TimeSpan.Zero;
        Clock?.Move(TimeSpan.Zero);
        await Provider.PlayAsync(new { });
        var before = await Provider.LogAsync<Arrival>() is [.., var last] ? last.Number : 0;
        var id = await Run.CreateCampaignAsync("Faults", new { tags = new[] { $"first{messages}" } });
        await Run.PostAsync($"/api/campaigns/{id}/launch", new { });
        return new(this, id, messages, before);
    }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        await Door.DisposeAsync();
        await Provider.DisposeAsync();
        Clock?.Dispose();
        _tickets.Delete(recursive: true);
    }
}
