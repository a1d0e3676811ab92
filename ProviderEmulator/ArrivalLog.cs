using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>One call of the API, as it arrived and as it ended.</summary>
internal sealed class Arrival
{
    /// <summary>Counts from 1, without gaps, in the order of arrival.</summary>
    public long Number { get; set; }

    /// <summary>Before the body was read: gaps between arrivals are gaps on the wire.</summary>
    public required DateTimeOffset At { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public string? To { get; set; }

    public string? Body { get; set; }

    public string? ContentSid { get; set; }

    public string? ContentVariables { get; set; }

    public string? StatusCallback { get; set; }

    /// <summary>
    /// The HTTP status of the answer; null while there is none, and for ever if the connection was cut.
    /// </summary>
    public int? Status { get; set; }

    /// <summary>Twilio's error code, if it answered one.</summary>
    public int? Code { get; set; }

    /// <summary>The message that was accepted, also when the answer hides it.</summary>
    public string? Sid { get; set; }

    /// <summary>What went wrong on purpose.</summary>
    public AnswerFault? Fault { get; set; }

    public CallbackFault? Callbacks { get; set; }
}

/// <summary>The last arrivals, for the gap and double-send checks of tests.</summary>
internal sealed class ArrivalLog(IOptions<EmulatorOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Queue<Arrival> _arrivals = new();
    private long _count;

    public void Add(Arrival arrival)
    {
        lock (_lock)
        {
            arrival.Number = ++_count;
            _arrivals.Enqueue(arrival);
            if (_arrivals.Count > options.Value.KeptArrivals)
            {
                _arrivals.Dequeue();
            }
        }
    }

    public IReadOnlyList<Arrival> After(long number)
    {
        lock (_lock)
        {
            return [.. _arrivals.Where(arrival => arrival.Number > number)];
        }
    }
}
