using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Settles what no answer has settled. A claim whose process died becomes an unknown outcome; an unknown outcome is
/// looked for in the provider's list: found, it is accepted; not there, twice, it may be tried again. Every replica
/// does this; rows are taken one at a time, and each change is conditional.
/// </summary>
internal sealed partial class Reconciliation(
    NpgsqlDataSource database, Outbox outbox, SendAttempts attempts, IMessageProvider provider,
    IOptions<SendingOptions> options, TimeProvider clock, ILogger<Reconciliation> logger) : BackgroundService
{
    private const int Batch = 100;

    /// <summary>Looks that must find nothing before a message counts as never sent.</summary>
    private const int Absences = 2;

    /// <summary>Between our clock and the provider's, whose instants are whole seconds besides.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Absence is concluded only if the list has nothing unexplained for this long before the claim: a wrong clock on
    /// either side must not let us send twice.
    /// </summary>
    private static readonly TimeSpan AbsenceMargin = TimeSpan.FromHours(1);

    private readonly SendingOptions _options = options.Value;

    private readonly Outage _outage = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                _outage.Ends();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }
            }

            await Task.Delay(_options.ReconcilePause, clock, stoppingToken);
        }
    }

    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        while (await SweepAsync(cancellationToken) == Batch)
        {
        }

        if (await NextAsync(cancellationToken) is { } attempt)
        {
            await LookForAsync(attempt, cancellationToken);
        }
    }

    /// <summary>Claims whose call must be over: their process died or lost its database.</summary>
    private async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var overdue = new List<SendAttempt>();
        await using (var command = transaction.Command($"""
            update send_attempts set
                state = 'unknown', reason = 'the sending process died', changed_at = clock_timestamp(),
                look_at = clock_timestamp() + $2
            where (message_id, attempt) in (
                select message_id, attempt from send_attempts
                where state = 'claimed' and claimed_at < clock_timestamp() - $1
                order by message_id limit $3 for update skip locked)
            returning {SendAttempt.Columns}
            """, _options.Overdue, _options.ReconcileAfter, Batch))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                overdue.Add(SendAttempt.Read(row));
            }
        }

        foreach (var attempt in overdue)
        {
            await attempt.AnnounceAsync(transaction, cancellationToken);
            LogOverdue(attempt.MessageId, attempt.Attempt);
        }

        await transaction.CommitAsync(cancellationToken);
        if (overdue.Count > 0)
        {
            outbox.Committed();
        }

        return overdue.Count;
    }

    /// <summary>The unknown outcome that is due; put off already, twice as long each time, up to 64 times.</summary>
    private async Task<SendAttempt?> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            update send_attempts set
                looks = looks + 1, look_at = clock_timestamp() + $1 * power(2, least(looks + 1, 6))
            where (message_id, attempt) in (
                select message_id, attempt from send_attempts
                where state = 'unknown' and look_at <= clock_timestamp()
                order by look_at limit 1 for update skip locked)
            returning {SendAttempt.Columns}
            """, _options.ReconcileAfter);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken) ? SendAttempt.Read(row) : null;
    }

    private async Task LookForAsync(SendAttempt attempt, CancellationToken cancellationToken)
    {
        var found = new List<ProviderMessage>();
        try
        {
            var filter = new MessageFilter(attempt.Sender, attempt.Recipient, attempt.ClaimedAt - AbsenceMargin);
            await foreach (var page in provider.ListAsync(filter, cancellationToken))
            {
                found.AddRange(page.Where(message => !(message.CreatedAt < filter.Since)));
            }
        }
        catch (ProviderSilentException)
        {
            LogNotAnswered(attempt.MessageId, attempt.Attempt);
            return;
        }

        var (explained, rivals, absences) = await CompareAsync(attempt, found, cancellationToken);
        var unexplained = found.Where(message => !explained.Contains(message.ProviderMessageId)).ToList();
        if (unexplained.Count == 0 && absences >= Absences)
        {
            await attempts.SettleAsync(attempt, new(AttemptState.Absent, AttemptState.Unknown)
            {
                NotBefore = clock.GetUtcNow(),
            }, cancellationToken);
            return;
        }

        var (from, to) = (attempt.ClaimedAt - ClockMargin, attempt.ClaimedAt + _options.Overdue + ClockMargin);
        var fitting = unexplained.Where(message => message.CreatedAt >= from && message.CreatedAt <= to).ToList();
        if (fitting is [var only] && rivals == 0)
        {
            await attempts.SettleAsync(attempt, new(AttemptState.Accepted, AttemptState.Unknown)
            {
                ProviderMessageId = only.ProviderMessageId,
            }, cancellationToken);
        }
        else if (unexplained.Count > 0)
        {
            LogAmbiguous(attempt.MessageId, attempt.Attempt, unexplained.Count);
        }
    }

    /// <summary>
    /// Which of the found the ledger has, how many other attempts to the same person are open and could claim the
    /// others, and how often in a row nothing was left.
    /// </summary>
    private async Task<(HashSet<string> Explained, long Rivals, int Absences)> CompareAsync(
        SendAttempt attempt, List<ProviderMessage> found, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            with explained as (
                select distinct provider_message_id from send_attempts where provider_message_id = any($3)
            ), rivals as (
                select from send_attempts
                where sender = $4 and recipient = $5 and state in ('claimed', 'unknown')
                    and (message_id, attempt) <> ($1, $2)
            )
            update send_attempts set absences =
                case when (select count(*) from explained) = cardinality($3) then absences + 1 else 0 end
            where message_id = $1 and attempt = $2
            returning array(select provider_message_id from explained), (select count(*) from rivals), absences
            """,
            attempt.MessageId, attempt.Attempt, found.Select(message => message.ProviderMessageId).Distinct().ToArray(),
            attempt.Sender, attempt.Recipient);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return ([.. row.GetFieldValue<string[]>(0)], row.GetInt64(1), row.GetInt32(2));
    }

    [LoggerMessage(LogLevel.Warning, "Message {MessageId}, attempt {Attempt}: its process died during the call")]
    private partial void LogOverdue(Guid messageId, int attempt);

    [LoggerMessage(LogLevel.Warning,
        "Message {MessageId}, attempt {Attempt}: the provider's list could not be read, trying again later")]
    private partial void LogNotAnswered(Guid messageId, int attempt);

    [LoggerMessage(LogLevel.Warning,
        "Message {MessageId}, attempt {Attempt}: {Count} messages at the provider might be it, left open")]
    private partial void LogAmbiguous(Guid messageId, int attempt, int count);

    [LoggerMessage(LogLevel.Warning, "Open outcomes cannot be looked at, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
