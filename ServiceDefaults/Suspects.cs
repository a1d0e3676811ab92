using System.Globalization;
using MassTransit;
using Npgsql;

namespace ServiceDefaults;

/// <summary>
/// Finds the message that makes the process die, without harm to those that were only near it. The broker's count of
/// deliveries given back tells that something is wrong, not with which message: a death gives back everything that was
/// prefetched, and so does an outage. From <see cref="Suspicious"/> on, messages are therefore handled one at a time in
/// this process, each noted in the database while it is; one that was noted at <see cref="MostDeaths"/> deaths goes to
/// the error queue.
/// </summary>
/// <remarks>
/// A delivery limit of the queue would do away with all that was prefetched together, at the same death. The table is
/// Suspects.sql; a service that consumes links it among its migrations.
/// </remarks>
internal sealed class Suspects(NpgsqlDataSource database) : IFilter<ConsumeContext>, IDisposable
{
    /// <summary>Given back so often, a message is handled alone.</summary>
    public const int Suspicious = 5;

    /// <summary>So many processes may die of one message.</summary>
    public const int MostDeaths = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _alone = new(1, 1);

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (context.MessageId is not { } id || GivenBack(context.ReceiveContext) < Suspicious)
        {
            await next.Send(context);
            return;
        }

        if (!await _alone.WaitAsync(Patience, context.CancellationToken))
        {
            throw new TimeoutException("Other messages that were given back often are handled first.");
        }

        try
        {
            await SendAloneAsync(context, next, id, context.ReceiveContext.InputAddress.AbsolutePath);
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("suspects");

    public void Dispose() => _alone.Dispose();

    private async Task SendAloneAsync(ConsumeContext context, IPipe<ConsumeContext> next, Guid id, string queue)
    {
        var deaths = await NoteAsync(id, queue, context.CancellationToken) - 1;
        try
        {
            if (deaths >= MostDeaths)
            {
                throw new DeadlyMessageException(deaths);
            }

            await next.Send(context);
        }
        finally
        {
            // Whatever came of it, the process lives.
            await ForgetAsync(id, queue);
        }
    }

    private async Task<int> NoteAsync(Guid id, string queue, CancellationToken cancellationToken)
    {
        await using var note = database.Command("""
            insert into suspects as s (message_id, queue, deaths) values ($1, $2, 1)
            on conflict (message_id, queue) do update set deaths = s.deaths + 1
            returning deaths
            """, id, queue);
        return (int)(await note.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task ForgetAsync(Guid id, string queue)
    {
        await using var forget = database.Command(
            "delete from suspects where message_id = $1 and queue = $2", id, queue);
        await forget.ExecuteNonQueryAsync(CancellationToken.None);
    }

    // https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
    private static long GivenBack(ReceiveContext delivery) =>
        delivery.TransportHeaders.TryGetHeader("x-delivery-count", out var count)
            ? Convert.ToInt64(count, CultureInfo.InvariantCulture)
            : 0;
}

/// <summary>The process has died whenever it handled this message.</summary>
public sealed class DeadlyMessageException(int deaths)
    : Exception($"The process has died {deaths} times while it handled this message.");
