using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Asks the provider what became of messages whose last status has not been told: after 2 minutes, 10 minutes, an hour,
/// and hourly for a day. What it finds is said as a callback would have said it. "Delivered" is not the last: a lost
/// "read" is found too. One replica at a time.
/// </summary>
/// <remarks>
/// Where many are due one walk through the sender's list answers all of them; the later the question, the more it is
/// put off to the others' time, so that even a day's messages cost a few pages a second at most.
/// </remarks>
internal sealed partial class LostCallbacks(
    NpgsqlDataSource database, SendAttempts attempts, IMessageProvider provider, IOptions<SendingOptions> options,
    TimeProvider clock, ILogger<LostCallbacks> logger) : BackgroundService
{
    private const int PageSize = 1000;

    /// <summary>Our clock, by which it was claimed, against the provider's, by which it was created.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _first = options.Value.AskAfter;

    private readonly Outage _outage = new();

    /// <summary>Walks the sender's list back to an instant, a number of pages at most, and says what is new.</summary>
    public async Task<int> WalkAsync(
        string sender, DateTimeOffset since, int pages, CancellationToken cancellationToken)
    {
        var news = 0;
        await foreach (var page in provider.ListAsync(new(sender, null, since), cancellationToken))
        {
            news += await attempts.CatchUpAsync(page, cancellationToken);
            if (--pages <= 0)
            {
                break;
            }
        }

        return news;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!provider.KeepsList)
        {
            return; // nobody to ask
        }

        var pause = TimeSpan.FromTicks(Math.Max(_first.Ticks / 8, TimeSpan.TicksPerMillisecond));
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(_outage.Lasts ? 4 * pause : pause, clock, stoppingToken);
            try
            {
                await AskAsync(stoppingToken);
                _outage.Ends();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }
            }
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var alone = new NpgsqlCommand(
            "select pg_try_advisory_lock(hashtext('lost callbacks'))", connection);
        if (await alone.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return;
        }

        try
        {
            foreach (var due in await DueAsync(cancellationToken))
            {
                await AskAsync(due, cancellationToken);
            }
        }
        finally
        {
            await using var release = new NpgsqlCommand(
                "select pg_advisory_unlock(hashtext('lost callbacks'))", connection);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task<List<Due>> DueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            select sender, count(*), min(claimed_at), clock_timestamp() from send_attempts
            where ask_at <= clock_timestamp() and provider = $1 group by sender
            """, provider.Name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<Due>();
        while (await row.ReadAsync(cancellationToken))
        {
            due.Add(new(
                row.GetString(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2),
                row.GetFieldValue<DateTimeOffset>(3)));
        }

        return due;
    }

    private async Task AskAsync(Due due, CancellationToken cancellationToken)
    {
        var pages = 1 + (await CountAsync(due.Sender, due.Oldest, cancellationToken) / PageSize);
        int news;
        if (due.Count > pages)
        {
            news = await WalkAsync(due.Sender, due.Oldest - ClockMargin, int.MaxValue, cancellationToken);
        }
        else
        {
            var found = new List<ProviderMessage>();
            foreach (var id in await IdsAsync(due, cancellationToken))
            {
                if (await provider.FindAsync(id, cancellationToken) is { } message)
                {
                    found.Add(message);
                }
            }

            news = await attempts.CatchUpAsync(found, cancellationToken);
        }

        await PutOffAsync(due, cancellationToken);
        LogAsked(due.Count, news);
    }

    private async Task<long> CountAsync(string sender, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select count(*) from send_attempts where claimed_at >= $1 and sender = $2", since, sender);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<List<string>> IdsAsync(Due due, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select provider_message_id from send_attempts where ask_at <= $1 and sender = $2 and provider = $3",
            due.At, due.Sender, provider.Name);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<string>();
        while (await row.ReadAsync(cancellationToken))
        {
            ids.Add(row.GetString(0));
        }

        return ids;
    }

    /// <summary>
    /// To 5, 30, 60, 90… times the first delay, rounded up to half the time between two questions; past the 720th not
    /// any more.
    /// </summary>
    private async Task PutOffAsync(Due due, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update send_attempts set
                asks = asks + 1,
                ask_at = case when claimed_at + 720 * $3 > $1 then date_bin(
                    $3 * case asks when 0 then 2 else 15 end,
                    greatest(claimed_at + $3 * case asks when 0 then 5 else 30 * asks end, $1),
                    '2000-01-01') + $3 * case asks when 0 then 2 else 15 end end
            where ask_at <= $1 and sender = $2 and provider = $4
            """, due.At, due.Sender, _first, provider.Name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Due(string Sender, long Count, DateTimeOffset Oldest, DateTimeOffset At);

    [LoggerMessage(LogLevel.Information, "Asked what became of {Count} messages: news of {News}")]
    private partial void LogAsked(long count, int news);

    [LoggerMessage(LogLevel.Warning, "Missing statuses cannot be asked for, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
