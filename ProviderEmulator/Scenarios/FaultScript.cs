namespace ProviderEmulator;

/// <summary>First the scripted faults, one a message, then the drawn ones.</summary>
internal sealed class FaultScript(IReadOnlyList<Fault> next, IReadOnlyList<Fault> always, Random random)
{
    private readonly Lock _lock = new();
    private readonly Queue<Fault> _next = new(next);
    private int _usesOfFirst;

    public IReadOnlyList<Fault> Always => always;

    /// <summary>What is still to come.</summary>
    public IReadOnlyList<Fault> Next
    {
        get
        {
            lock (_lock)
            {
                return [.. _next.Select((fault, i) =>
                    i == 0 ? fault with { Times = fault.Times - _usesOfFirst } : fault)];
            }
        }
    }

    public Fault? TakeScripted()
    {
        lock (_lock)
        {
            if (!_next.TryPeek(out var fault))
            {
                return null;
            }

            if (++_usesOfFirst == fault.Times)
            {
                _next.Dequeue();
                _usesOfFirst = 0;
            }

            return fault;
        }
    }

    public Fault? Draw()
    {
        if (always.Count == 0)
        {
            return null;
        }

        lock (_lock)
        {
            return always.FirstOrDefault(fault => random.NextDouble() < fault.Probability);
        }
    }
}
