using System.Collections.Concurrent;
using System.Diagnostics;
using Testing;

namespace AppHost.Tests;

public sealed class SupervisedTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("campaigns-test-").FullName;
    private readonly ConcurrentQueue<string> lines = [];
    private readonly List<Supervised> started = [];
    private readonly Guard guard;

    public SupervisedTests() => guard = new(folder, temporary: true);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in started)
        {
            await process.StopAsync(TimeSpan.Zero);
            process.Dispose();
        }

        guard.Dispose();
    }

    [Fact]
    public async Task What_dies_is_started_again()
    {
        var process = Start(new Shell("exec sleep 1000"));
        await process.Healthy.WaitAsync(TimeSpan.FromSeconds(20));
        var first = process.ProcessId!.Value;

        Process.GetProcessById(first).Kill();

        await Eventually.BecomesTrueAsync(() => process.ProcessId is { } id && id != first);
        Assert.Equal(1, process.Restarts);
        Assert.Contains(lines, line => line.Contains("exit code 137", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_it_left_in_its_group_ends_with_it()
    {
        var process = Start(new Shell("sleep 1000 & echo $!; exec sleep 1000"));
        await Eventually.BecomesTrueAsync(() => lines.Any(line => int.TryParse(line, out _)));
        var grandchild = lines.First(line => int.TryParse(line, out _));

        await process.StopAsync(TimeSpan.FromSeconds(5));

        await Eventually.BecomesTrueAsync(() => IsGone(grandchild));
    }

    [Fact]
    public async Task What_may_finish_is_not_started_again()
    {
        var process = Start(new Shell("echo done"), mayFinish: true);

        await Eventually.BecomesTrueAsync(() => process.State == ProcessState.Finished);
        Assert.Equal(0, process.Restarts);
        Assert.Contains("done", lines);
    }

    [Fact]
    public async Task What_should_go_on_is_started_again_even_after_a_good_end()
    {
        var process = Start(new Shell("true"));

        await Eventually.BecomesTrueAsync(() => process.Restarts >= 2);
    }

    [Fact]
    public async Task Nothing_starts_before_what_it_waits_for_is_healthy()
    {
        var store = new Shell("exec sleep 1000") { IsWell = false };
        var dependency = Start(store);
        var process = Start(new Shell("exec sleep 1000"), [dependency]);
        await Eventually.BecomesTrueAsync(() => store.Asked > 1);
        Assert.Equal(ProcessState.Waiting, process.State);

        store.IsWell = true;

        await Eventually.BecomesTrueAsync(() => process.State == ProcessState.Healthy);
    }

    [Fact]
    public async Task Who_does_not_listen_to_a_polite_stop_is_killed_after_the_grace()
    {
        var process = Start(new Shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"));
        await Eventually.BecomesTrueAsync(() => lines.Contains("ready"));
        var id = process.ProcessId!.Value;

        await process.StopAsync(TimeSpan.FromMilliseconds(300)).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(ProcessState.Stopped, process.State);
        Assert.True(IsGone($"{id}"));
    }

    [Fact]
    public async Task What_cannot_be_started_is_tried_again()
    {
        var process = Start(new Shell("exec sleep 1000") { Fault = "no room" });
        await Eventually.BecomesTrueAsync(() => process.Restarts >= 1);

        Assert.Contains(lines, line => line.Contains("no room", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Settings_among_them_secrets_do_not_reach_a_child()
    {
        Environment.SetEnvironmentVariable("WHATSAPP_PROVIDER", "twilio");
        try
        {
            Start(new Shell("echo \"provider=$WHATSAPP_PROVIDER.\""), mayFinish: true);
            await Eventually.BecomesTrueAsync(() => lines.Contains("provider=."));
        }
        finally
        {
            Environment.SetEnvironmentVariable("WHATSAPP_PROVIDER", null);
        }
    }

    // In a container whose first process reaps nobody, the dead of an ended parent stay as zombies.
    private static bool IsGone(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private Supervised Start(Shell shell, Supervised[]? dependencies = null, bool mayFinish = false)
    {
        var process = new Supervised(
            "shell", shell, dependencies ?? [], mayFinish, guard, TimeProvider.System, lines.Enqueue);
        started.Insert(0, process);
        process.Start();
        return process;
    }

    private sealed class Shell(string script) : Workload
    {
        public bool IsWell { get; set; } = true;

        public int Asked { get; private set; }

        public string? Fault { get; init; }

        public override Command Command => new("sh", "-c", script);

        public override Task PrepareAsync(CancellationToken cancellationToken) =>
            Fault is null ? Task.CompletedTask : throw new InvalidOperationException(Fault);

        public override Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Task.FromResult(IsWell);
        }
    }
}
