using System.Collections.Concurrent;
using System.Diagnostics;
using Testing;

namespace Benchmarks;

/// <summary>
/// Reports of every message that the provider accepts: sent, delivered, read, each once, and, where the pace asks for
/// more, again.
/// </summary>
internal sealed class Reports(Provider provider, Uri gateway)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly string[] Statuses = ["sent", "delivered", "read"];

    private readonly SignedRequest _signed =
        new(gateway.GetLeftPart(UriPartial.Authority), Provider.AccountSid, Provider.AuthToken);

    private readonly ConcurrentQueue<(byte[] Request, bool IsRead)> _due = new();
    private readonly List<byte[]> _said = [];
    private readonly List<long> _readAnswered = [];
    private readonly List<TimeSpan> _lags = [];
    private readonly List<DateTimeOffset> _arrivals = [];

    public IReadOnlyList<DateTimeOffset> Arrivals => _arrivals;

    /// <summary>Of how many messages it has been answered that they are read.</summary>
    public int Read
    {
        get
        {
            lock (_readAnswered)
            {
                return _readAnswered.Count;
            }
        }
    }

    public TimeSpan WorstLag => _lags.Max();

    public TimeSpan MedianLag => _lags.Order().ElementAt(_lags.Count / 2);

    public void ForgetLags()
    {
        lock (_readAnswered)
        {
            _lags.Clear();
        }
    }

    /// <summary>A new report if one is due, else a repeat.</summary>
    public (byte[] Request, Action? Answered) Next(int number)
    {
        if (_due.TryDequeue(out var due))
        {
            lock (_said)
            {
                _said.Add(due.Request);
            }

            return (due.Request, due.IsRead ? NoteRead : null);
        }

        lock (_said)
        {
            return (_said.Count == 0 ? Stranger() : _said[number % _said.Count], null);
        }
    }

    /// <summary>Makes reports of what has arrived at the provider.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        var last = 0L;
        try
        {
            do
            {
                foreach (var arrival in await provider.LogAsync<Arrival>(last))
                {
                    last = arrival.Number;
                    if (arrival is { Sid: { } sid, StatusCallback: { } callback })
                    {
                        _arrivals.Add(arrival.At);
                        foreach (var status in Statuses)
                        {
                            _due.Enqueue((
                                _signed.Render(new Uri(callback).Query, sid, arrival.To!["whatsapp:".Length..], status),
                                status == "read"));
                        }
                    }
                }
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That was it.
        }
    }

    /// <summary>How old the oldest report is that was answered and is not in the counters yet.</summary>
    public async Task CompareAsync(LocalRun run, string campaign, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var asked = Stopwatch.GetTimestamp();
                var counted = (await run.GetAsync($"/api/campaigns/{campaign}/stats"))["read"]!.GetValue<int>();
                lock (_readAnswered)
                {
                    _lags.Add(counted < _readAnswered.Count && _readAnswered[counted] < asked
                        ? Stopwatch.GetElapsedTime(_readAnswered[counted], asked)
                        : TimeSpan.Zero);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That was it.
        }
    }

    private void NoteRead()
    {
        lock (_readAnswered)
        {
            _readAnswered.Add(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Before there is anything to report: of a message that is not ours.</summary>
    private byte[] Stranger() => _signed.Render("", $"SM{Guid.NewGuid():N}", "+33639980000", "sent");

    private sealed record Arrival(long Number, DateTimeOffset At, string? To, string? StatusCallback, string? Sid);
}
