using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Settles what no answer has settled. A claim whose process died becomes an unknown outcome; an unknown outcome is
/// looked for in the provider's list: found, it is accepted; not there, twice, it may be tried again. Where there is no
/// list only a report settles it; if none comes for a day, it has failed as unconfirmed. Every replica does this; each
/// takes rows of its own, and each change is conditional.
/// </summary>
internal sealed partial class Reconciliation(
    NpgsqlDataSource database, Outbox outbox, SendAttempts attempts, IMessageProvider provider,
    IOptions<SendingOptions> options, TimeProvider clock, ILogger<Reconciliation> logger) : BackgroundService
{
    private const int Batch = 100;

    private const int PageSize = 1000;

    /// <summary>Looks that must find nothing before a message counts as never sent.</summary>
    private const int Absences = 2;

    /// <summary>Between our clock and the provider's, whose instants are whole seconds besides.</summary>
    private static readonly TimeSpan ClockMargin = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Absence is concluded only if the list has nothing unexplained for this long before the claim: a wrong clock on
    /// either side must not let us send twice.
    /// </summary>
    private static readonly TimeSpan AbsenceMargin = TimeSpan.FromHours(1);

    /// <summary>
    /// An outcome that the list has left open for so long stays open: WhatsApp itself tries for 30 days at most. Nobody
    /// needs the words by which it was looked for any more.
    /// </summary>
    private static readonly TimeSpan Hopeless = TimeSpan.FromDays(31);

    /// <summary>Of an unconfirmed one. Later reports lack Gupshup's id besides.</summary>
    private static readonly TimeSpan KeepNumber = TimeSpan.FromDays(7);

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

        while (await GiveUpAsync(cancellationToken) == Batch)
        {
        }

        await ForgetAsync(cancellationToken);
        if (!provider.KeepsList)
        {
            return;
        }

        foreach (var ofSender in (await NextAsync(cancellationToken)).GroupBy(open => open.Attempt.Sender))
        {
            await LookForAsync(ofSender.Key, [.. ofSender], cancellationToken);
        }
    }

    /// <summary>Claims whose call must be over: their process died or lost its database.</summary>
    private Task<int> SweepAsync(CancellationToken cancellationToken) => MoveAsync(
        "claim overdue", LogOverdue, transaction => transaction.Command($"""
        update send_attempts set
            state = 'unknown', reason = 'the sending process died', changed_at = clock_timestamp(),
            look_at = clock_timestamp() + $2
        where (message_id, attempt) in (
            select message_id, attempt from send_attempts
            where state = 'claimed' and claimed_at < clock_timestamp() - $1
            order by message_id limit $3 for update skip locked)
        returning {SendAttempt.Columns}
        """, _options.Overdue, _options.ReconcileAfter, Batch), cancellationToken);

    /// <summary>
    /// Outcomes of which no report told, and no list can: their provider keeps none, or is not the one that sends now, or
    /// its list has not told for a month.
    /// </summary>
    private Task<int> GiveUpAsync(CancellationToken cancellationToken) => MoveAsync(
        "outcome unconfirmed", LogUnconfirmed, transaction => transaction.Command($"""
        update send_attempts set
            state = 'unconfirmed', error_code = $4, parts = array[]::text[], changed_at = clock_timestamp()
        where (message_id, attempt) in (
            select message_id, attempt from send_attempts
            where state = 'unknown' and claimed_at < clock_timestamp() - case when provider <> $1 then $2 else $5 end
            order by message_id limit $3 for update skip locked)
        returning {SendAttempt.Columns}
        """, provider.KeepsList ? provider.Name : "", _options.UnconfirmedAfter, Batch, RetryPolicy.Unconfirmed,
        Hopeless),
        cancellationToken);

    /// <summary>Changes a batch of lines, says what follows, and tells how many there were.</summary>
    private async Task<int> MoveAsync(
        string name, Action<Guid, int> log, Func<NpgsqlTransaction, NpgsqlCommand> update,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var moved = new List<SendAttempt>();
        await using (var command = update(transaction))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
            {
                moved.Add(SendAttempt.Read(row));
            }
        }

        foreach (var attempt in moved)
        {
            using var activity = Tracing.Continue(name, attempt.TraceParent);
            await attempt.AnnounceAsync(transaction, cancellationToken);
            log(attempt.MessageId, attempt.Attempt);
        }

        await transaction.CommitAsync(cancellationToken);
        if (moved.Count > 0)
        {
            outbox.Committed();
        }

        return moved.Count;
    }

    /// <summary>No report is expected any more: nobody needs the number.</summary>
    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update send_attempts set recipient = ''
            where state = 'unconfirmed' and recipient <> '' and claimed_at < clock_timestamp() - $1
            """, KeepNumber);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The unknown outcomes that are due; put off already, twice as long each time, up to 64 times.</summary>
    private async Task<List<Open>> NextAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            update send_attempts set
                looks = looks + 1, look_at = clock_timestamp() + $1 * power(2, least(looks + 1, 6))
            where (message_id, attempt) in (
                select message_id, attempt from send_attempts
                where state = 'unknown' and look_at <= clock_timestamp() and provider = $3
                order by look_at limit $2 for update skip locked)
            returning {Open.Columns}
            """, _options.ReconcileAfter, Batch, provider.Name);
        return await Open.ReadAsync(command, cancellationToken);
    }

    private async Task LookForAsync(string sender, List<Open> due, CancellationToken cancellationToken)
    {
        if (await ListAsync(sender, due, cancellationToken) is not { } found)
        {
            LogNotAnswered(due.Count);
            return;
        }

        var explained = await ExplainedAsync(found, cancellationToken);
        // Read after the list: what another attempt may have put there is an attempt by now.
        var open = await OpenAsync(sender, due, cancellationToken);
        var candidates = found.Where(message => !explained.Contains(message.ProviderMessageId)).ToList();
        var absent = new List<Open>();
        foreach (var attempt in due)
        {
            var possible = candidates.Where(message => attempt.MayBe(message) is not false).ToList();
            var fitting = possible.Where(message => Fits(attempt, message)).ToList();
            if (possible.Count == 0)
            {
                absent.Add(attempt);
            }
            else if (fitting is [var only] && !open.Exists(other => !other.IsSame(attempt) && Fits(other, only)))
            {
                using var activity = Tracing.Continue("outcome found", attempt.Attempt.TraceParent);
                await attempts.AdoptAsync(attempt.Attempt, only, cancellationToken);
            }
            else
            {
                LogAmbiguous(attempt.Attempt.MessageId, attempt.Attempt.Attempt, possible.Count);
            }
        }

        foreach (var attempt in await AbsentTwiceAsync(due, absent, cancellationToken))
        {
            using var activity = Tracing.Continue("outcome absent", attempt.Attempt.TraceParent);
            await attempts.SettleAsync(
                attempt.Attempt,
                new(AttemptState.Absent, AttemptState.Unknown) { NotBefore = clock.GetUtcNow() },
                cancellationToken);
        }
    }

    private bool Fits(Open attempt, ProviderMessage message) =>
        attempt.MayBe(message) is true
        && message.CreatedAt >= attempt.Attempt.ClaimedAt - ClockMargin
        && message.CreatedAt <= attempt.Attempt.ClaimedAt + _options.Overdue + ClockMargin;

    /// <summary>
    /// All that the sender's recipients in question have been sent, from one walk through the sender's list or from one
    /// list for each recipient, whichever has fewer pages. Null if the provider gave no complete answer.
    /// </summary>
    private async Task<List<ProviderMessage>?> ListAsync(
        string sender, List<Open> due, CancellationToken cancellationToken)
    {
        var since = due.Min(open => open.Attempt.ClaimedAt) - AbsenceMargin;
        var recipients = due.Select(open => open.Attempt.Recipient).ToHashSet(StringComparer.Ordinal);
        await using var count = database.Command(
            "select count(*) from send_attempts where claimed_at >= $1 and sender = $2", since, sender);
        var pages = 1 + ((long)(await count.ExecuteScalarAsync(cancellationToken))! / PageSize);
        MessageFilter[] filters = pages < recipients.Count
            ? [new(sender, null, since)]
            : [.. recipients.Select(recipient => new MessageFilter(sender, recipient, since))];
        var found = new List<ProviderMessage>();
        try
        {
            foreach (var filter in filters)
            {
                await foreach (var page in provider.ListAsync(filter, cancellationToken))
                {
                    found.AddRange(page.Where(message =>
                        !message.Inbound && recipients.Contains(message.To) && !(message.CreatedAt < since)));
                }
            }
        }
        catch (ProviderSilentException)
        {
            return null;
        }

        return [.. found.DistinctBy(message => message.ProviderMessageId)];
    }

    /// <summary>Which of the found the ledger has.</summary>
    private async Task<HashSet<string>> ExplainedAsync(
        List<ProviderMessage> found, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "select provider_message_id from send_attempts where provider_message_id = any($1)",
            (object)found.Select(message => message.ProviderMessageId).ToArray());
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var explained = new HashSet<string>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancellationToken))
        {
            explained.Add(row.GetString(0));
        }

        return explained;
    }

    /// <summary>All open attempts to reach these people: they may claim what was found as well.</summary>
    private async Task<List<Open>> OpenAsync(string sender, List<Open> due, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select {Open.Columns} from send_attempts
            where sender = $1 and recipient = any($2) and state in ('claimed', 'unknown')
            """, sender, due.Select(open => open.Attempt.Recipient).Distinct().ToArray());
        return await Open.ReadAsync(command, cancellationToken);
    }

    /// <summary>Notes what the list does not have; answers with those that were missing often enough.</summary>
    private async Task<List<Open>> AbsentTwiceAsync(
        List<Open> due, List<Open> absent, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            update send_attempts set absences = case when missing then absences + 1 else 0 end
            from unnest($1::uuid[], $2::int[], $3::boolean[]) as look (id, number, missing)
            where message_id = id and attempt = number and (missing or absences > 0)
            returning {Open.Columns}, absences
            """,
            due.Select(open => open.Attempt.MessageId).ToArray(), due.Select(open => open.Attempt.Attempt).ToArray(),
            due.Select(absent.Contains).ToArray());
        return await Open.ReadAsync(command, cancellationToken, least: Absences);
    }

    /// <summary>An attempt whose outcome is open, and what it is recognised by.</summary>
    private sealed record Open(SendAttempt Attempt, bool Template, string[] Parts)
    {
        public const string Columns = $"{SendAttempt.Columns}, content = 'template' as template, parts";

        public bool IsSame(Open other) =>
            (Attempt.MessageId, Attempt.Attempt) == (other.Attempt.MessageId, other.Attempt.Attempt);

        /// <summary>Null: it cannot be told.</summary>
        public bool? MayBe(ProviderMessage message) =>
            message.To == Attempt.Recipient ? Likeness.IsSame(Template, Parts, message.Text) : false;

        /// <summary>If a number stands behind the columns, only those with as much.</summary>
        public static async Task<List<Open>> ReadAsync(
            NpgsqlCommand command, CancellationToken cancellationToken, int? least = null)
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            var all = new List<Open>();
            while (await row.ReadAsync(cancellationToken))
            {
                if (least is null || row.GetInt32(row.FieldCount - 1) >= least)
                {
                    all.Add(new(
                        SendAttempt.Read(row), row.GetBoolean(row.GetOrdinal("template")),
                        row.GetFieldValue<string[]>(row.GetOrdinal("parts"))));
                }
            }

            return all;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Message {MessageId}, attempt {Attempt}: its process died during the call")]
    private partial void LogOverdue(Guid messageId, int attempt);

    [LoggerMessage(LogLevel.Warning,
        "Message {MessageId}, attempt {Attempt}: nobody told what became of it, given up as unconfirmed")]
    private partial void LogUnconfirmed(Guid messageId, int attempt);

    [LoggerMessage(LogLevel.Warning,
        "The provider's list could not be read for {Count} open outcomes, trying again later")]
    private partial void LogNotAnswered(int count);

    [LoggerMessage(LogLevel.Warning,
        "Message {MessageId}, attempt {Attempt}: {Count} messages at the provider might be it, left open")]
    private partial void LogAmbiguous(Guid messageId, int attempt, int count);

    [LoggerMessage(LogLevel.Warning, "Open outcomes cannot be looked at, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
