using System.Diagnostics;
using Contracts;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace Services.Webhooks;

/// <summary>
/// Makes an event durable: in the broker's queues, or, while the broker does not answer, in the spool (the outbox
/// table), from where the relay forwards it later.
/// </summary>
/// <remarks>
/// Whoever sent the webhook waits 15 s at most: 5 s are the broker's, 5 s the spool's.
/// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
/// </remarks>
internal sealed partial class EventPublisher(
    IBus bus, NpgsqlDataSource database, Outbox outbox, BrokerCircuit circuit, TimeProvider clock,
    ILogger<EventPublisher> logger)
{
    private static readonly TimeSpan SpoolLimit = TimeSpan.FromSeconds(5);

    /// <summary>
    /// True once the event will outlive us. Under the same <paramref name="id"/> a repeat is recognised.
    /// Not cancelled when the sender hangs up: most senders do not come back, and the event is here.
    /// </summary>
    public async Task<bool> TryKeepAsync<T>(T message, Guid id)
        where T : class =>
        await TryPublishAsync(message, id) || await TrySpoolAsync(message, id);

    /// <summary>True once all that a call tells will outlive us. What nobody waits for is only counted.</summary>
    public async Task<bool> TryKeepAsync(string provider, IEnumerable<WebhookEvent> events)
    {
        var kept = await Task.WhenAll(events.Select(told => told switch
        {
            WebhookEvent.Incoming { Event: var m } => TryKeepAsync(m, DerivedId.OfMessage(provider, m.ProviderMessageId)),
            WebhookEvent.Status { Event: var s, Word: var word } =>
                TryKeepAsync(s, DerivedId.OfStatus(provider, s.ProviderMessageId, word, s.ErrorCode)),
            WebhookEvent.Consent { Event: var c } =>
                TryKeepAsync(c, DerivedId.Of($"{provider}/{c.From}/{c.Consent}/{c.ReceivedAt:O}")),
            WebhookEvent.Ignored { What: var what } => TryKeepAsync(
                new UnknownWebhook { Provider = provider, What = what, ReceivedAt = clock.GetUtcNow() }, Guid.NewGuid()),
            _ => throw new UnreachableException(),
        }));
        return kept.All(one => one);
    }

    private async Task<bool> TryPublishAsync<T>(T message, Guid id)
        where T : class
    {
        if (!circuit.MayTry())
        {
            return false;
        }

        try
        {
            await bus.PublishDurablyAsync(message, CancellationToken.None, id);
            circuit.Answered();
            return true;
        }
        catch (MessageReturnedException)
        {
            circuit.Answered();
            return false; // no queue takes it yet; the relay says so, once
        }
        catch (Exception exception)
        {
            if (circuit.Failed())
            {
                LogNotConfirmed(typeof(T).Name, id, exception.GetType().Name);
            }

            return false;
        }
    }

    private async Task<bool> TrySpoolAsync<T>(T message, Guid id)
        where T : class
    {
        using var limit = new CancellationTokenSource(SpoolLimit);
        try
        {
            await using var connection = await database.OpenConnectionAsync(limit.Token);
            await using var transaction = await connection.BeginTransactionAsync(limit.Token);
            await Outbox.AddAsync(transaction, message, limit.Token, id);
            await transaction.CommitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            LogLost(typeof(T).Name, id, exception.GetType().Name);
            return false;
        }

        outbox.Committed();
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "The broker did not confirm {Event} {Id} ({Reason}): spooled, "
        + "and so is what follows until it answers")]
    private partial void LogNotConfirmed(string @event, Guid id, string reason);

    [LoggerMessage(LogLevel.Error, "Neither broker nor database took {Event} {Id} ({Reason}): refused with 503")]
    private partial void LogLost(string @event, Guid id, string reason);
}

/// <summary>
/// Spares callers the wait for a broker that is known to be away: after three failures in a row the spool is used at
/// once, and one caller every five seconds tries whether the broker is back.
/// </summary>
internal sealed class BrokerCircuit(TimeProvider clock)
{
    private const int Tolerance = 3;

    private int _failures;
    private long _nextTry;

    public bool MayTry()
    {
        if (Volatile.Read(ref _failures) < Tolerance)
        {
            return true;
        }

        var nextTry = Volatile.Read(ref _nextTry);
        return clock.GetTimestamp() >= nextTry
            && Interlocked.CompareExchange(ref _nextTry, InFiveSeconds(), nextTry) == nextTry;
    }

    public void Answered()
    {
        // Read first: a write by each request would bounce the cache line between the cores.
        if (Volatile.Read(ref _failures) != 0)
        {
            Volatile.Write(ref _failures, 0);
        }
    }

    /// <summary>True if it is the first failure since the last answer.</summary>
    public bool Failed()
    {
        Volatile.Write(ref _nextTry, InFiveSeconds());
        return Interlocked.Increment(ref _failures) == 1;
    }

    // By the clock that nobody sets.
    private long InFiveSeconds() => clock.GetTimestamp() + (5 * clock.TimestampFrequency);
}
