namespace Services.Messaging;

/// <summary>Remembers when a webhook's report was last heard of: better evidence than any test.</summary>
internal sealed class WebhookSigns(TimeProvider clock)
{
    private long _last;

    public void Saw() => Volatile.Write(ref _last, clock.GetTimestamp());

    public bool SawWithin(TimeSpan span) =>
        Volatile.Read(ref _last) is not 0 and var last && clock.GetElapsedTime(last) < span;
}
