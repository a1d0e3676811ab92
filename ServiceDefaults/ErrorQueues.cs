using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ServiceDefaults;

/// <summary>
/// The messages that this service could not handle: what and why, never what they say; and the way back into their
/// queue once the cause is gone. Internal: the gateway leads nobody here.
/// </summary>
internal sealed partial class ErrorQueues(Uri broker) : IDisposable
{
    private const int Shown = 20;
    private const int LongestReason = 300;

    private static readonly string[] Suffixes = ["_error", "_skipped"];
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, byte> _queues = [];
    private readonly SemaphoreSlim _one = new(1, 1); // a message that one looks at is hidden from another

    /// <summary>Makes a queue of this service known.</summary>
    public void Add(string queue) => _queues[queue] = 0;

    /// <summary>The queues that are not empty.</summary>
    public Task<IReadOnlyList<ErrorQueue>> ListAsync(CancellationToken cancellationToken) =>
        ConnectedAsync<IReadOnlyList<ErrorQueue>>(async (connection, cancellation) =>
        {
            var found = new List<ErrorQueue>();
            foreach (var queue in _queues.Keys.SelectMany(name => Suffixes.Select(suffix => name + suffix)).Order())
            {
                if (await LookAsync(connection, queue, cancellation) is { Count: > 0 } entry)
                {
                    found.Add(entry);
                }
            }

            return found;
        }, cancellationToken);

    /// <summary>How many went back; null if it is no error queue of this service.</summary>
    public async Task<int?> PutBackAsync(string queue, CancellationToken cancellationToken)
    {
        var suffix = Array.Find(Suffixes, end => queue.EndsWith(end, StringComparison.Ordinal));
        if (suffix is null || !_queues.ContainsKey(queue[..^suffix.Length]))
        {
            return null;
        }

        return await ConnectedAsync<int>(async (connection, cancellation) =>
        {
            if (await CountAsync(connection, queue, cancellation) is not { } waiting)
            {
                return 0;
            }

            await using var channel = await connection.CreateChannelAsync(
                new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellation);
            // No more than there are now: what fails again at once must not be put back for ever.
            var moved = 0;
            while (moved < waiting && await channel.BasicGetAsync(queue, autoAck: false, cancellation) is { } message)
            {
                await channel.BasicPublishAsync(
                    "", queue[..^suffix.Length], mandatory: true, Fresh(message.BasicProperties), message.Body,
                    cancellation);
                await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancellation);
                moved++;
            }

            return moved;
        }, cancellationToken);
    }

    public void Dispose() => _one.Dispose();

    private async Task<T> ConnectedAsync<T>(
        Func<IConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = broker,
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = ConnectLimit,
            };
            await using var connection = await factory.CreateConnectionAsync("error queues", cancellationToken);
            return await work(connection, cancellationToken);
        }
        catch (Exception exception) when (IsLoss(exception) && !cancellationToken.IsCancellationRequested)
        {
            throw new BrokerUnreachableException(exception);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The broker died while we asked it, or says nothing; else it would have closed no more than a channel.</summary>
    private static bool IsLoss(Exception exception) => exception
        is OperationInterruptedException { ShutdownReason: not { Initiator: ShutdownInitiator.Peer, ReplyCode: not 320 } }
        or IOException or OperationCanceledException or TimeoutException;

    private static async Task<ErrorQueue?> LookAsync(
        IConnection connection, string queue, CancellationToken cancellationToken)
    {
        if (await CountAsync(connection, queue, cancellationToken) is not { } count || count == 0)
        {
            return null;
        }

        // What is taken and not acknowledged returns to its place when the channel closes.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var messages = new List<FailedMessage>();
        while (messages.Count < Shown
            && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } message)
        {
            messages.Add(Describe(message));
        }

        return new(queue, count, messages);
    }

    private static async Task<uint?> CountAsync(
        IConnection connection, string queue, CancellationToken cancellationToken)
    {
        // Its own channel: the broker closes it if there is no such queue yet.
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    private static FailedMessage Describe(BasicGetResult message)
    {
        var properties = message.BasicProperties;
        var reason = Header(properties, MessageHeaders.FaultMessage)
            ?? (Header(properties, MessageHeaders.Reason) == "fault"
                ? "It cannot be read." : "No consumer of this queue takes this type.");
        return new(
            Header(properties, MessageHeaders.FaultMessageType) ?? TypeOf(message.Body),
            properties.MessageId,
            Withhold(reason),
            Header(properties, MessageHeaders.FaultExceptionType),
            DateTimeOffset.TryParse(
                Header(properties, MessageHeaders.FaultTimestamp), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var at) ? at : null);
    }

    /// <summary>A reason can quote what it complains about.</summary>
    internal static string Withhold(string reason)
    {
        var text = LongNumber().Replace(Quoted().Replace(reason, "“…”"), "…");
        return text.Length > LongestReason ? text[..LongestReason] + "…" : text;
    }

    private static string? TypeOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            return envelope.RootElement.ValueKind == JsonValueKind.Object
                && envelope.RootElement.TryGetProperty("messageType", out var types)
                && types is { ValueKind: JsonValueKind.Array } && types.GetArrayLength() > 0
                ? types[0].GetString()?.Replace("urn:message:", "", StringComparison.Ordinal)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As it was sent, without what was added when it failed.</summary>
    private static BasicProperties Fresh(IReadOnlyBasicProperties properties)
    {
        var fresh = new BasicProperties(properties);
        foreach (var header in (fresh.Headers?.Keys ?? []).Where(IsOfFailure).ToList())
        {
            fresh.Headers!.Remove(header);
        }

        return fresh;
    }

    private static bool IsOfFailure(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.Ordinal)
        || header.StartsWith("MT-Host-", StringComparison.Ordinal)
        || header is MessageHeaders.Reason or "x-delivery-count";

    private static string? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers?.TryGetValue(name, out var value) == true
            ? value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString()
            : null;

    [GeneratedRegex("""\+?\d[\d .-]{4,}\d""")]
    private static partial Regex LongNumber();

    [GeneratedRegex("""'[^']*'|"[^"]*"|“[^”]*”""")]
    private static partial Regex Quoted();
}

/// <param name="Messages">The first of them.</param>
internal sealed record ErrorQueue(string Queue, uint Count, IReadOnlyList<FailedMessage> Messages);

/// <param name="At">When it was moved here; null if it was not a failure but had no taker.</param>
internal sealed record FailedMessage(
    string? MessageType, string? MessageId, string Reason, string? ExceptionType, DateTimeOffset? At);
