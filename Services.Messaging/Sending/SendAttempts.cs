using System.Data;
using System.Diagnostics;
using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>How a line of the ledger changes: from any of some states into another, with what belongs to it.</summary>
internal sealed record Change(AttemptState To, params AttemptState[] From)
{
    public string? ProviderMessageId { get; init; }

    public string? ErrorCode { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? NotBefore { get; init; }
}

/// <summary>
/// The ledger after the claim. Every change of state is one conditional update, and its event leaves in the same
/// transaction; so whoever comes second changes nothing and says nothing.
/// </summary>
internal sealed partial class SendAttempts(
    NpgsqlDataSource database, SendSlots slots, Outbox outbox, IMessageProvider provider,
    IOptions<SendingOptions> options, TimeProvider clock, ILogger<SendAttempts> logger)
{
    /// <summary>How long an answer is kept in memory while the database is away.</summary>
    private static readonly TimeSpan RecordLimit = TimeSpan.FromMinutes(1);

    private readonly SendingOptions _options = options.Value;

    /// <summary>
    /// Records the answer of a call and says it, unless a callback has already told more; frees the sender's slot.
    /// Not cancelled: the provider has been called.
    /// </summary>
    public async Task RecordAsync(SendMessage order, Claim claim, SendResult result)
    {
        var answered = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await slots.CountHeldAsync(order.From, claim);
                await CommitAsync(
                    transaction => RecordAsync(transaction, order, claim, result), CancellationToken.None);
                return;
            }
            catch (Exception exception)
                when (Database.IsTransient(exception) && clock.GetElapsedTime(answered) < RecordLimit)
            {
                LogNotRecorded(order.MessageId, order.Attempt, exception.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, CancellationToken.None);
            }
        }
    }

    /// <summary>Says again what became of an attempt; nothing as long as that is not known.</summary>
    public Task RepeatAsync(SendAttempt attempt, CancellationToken cancellationToken) =>
        attempt.State is AttemptState.Claimed or AttemptState.Unknown
            ? Task.CompletedTask
            : CommitAsync(transaction => attempt.AnnounceAsync(transaction, cancellationToken), cancellationToken);

    /// <summary>Hands an order back that left no trace here.</summary>
    public Task ReturnAsync(
        SendMessage order, DateTimeOffset? notBefore, string? errorCode, CancellationToken cancellationToken) =>
        CommitAsync(
            transaction => ReturnAsync(transaction, order, notBefore, errorCode, cancellationToken), cancellationToken);

    /// <summary>The line that a report is about, if it is in one of the states; most reports change none.</summary>
    public async Task<SendAttempt?> FindAsync(
        StatusChanged report, AttemptState[] states, CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select {SendAttempt.Columns} from send_attempts
            where {(report.MessageId is null
                ? ByIds("$6")
                : "message_id = $1 and attempt = $2 and coalesce(provider_message_id, $3) = $3")}
                and state = any($4) and provider = $5
            """,
            report.MessageId ?? Guid.Empty, report.Attempt ?? 0, report.ProviderMessageId,
            states.Select(Text).ToArray(), report.Provider, Ids(report));
        await using var row = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await row.ReadAsync(cancellationToken) ? SendAttempt.Read(row) : null;
    }

    /// <summary>
    /// The only open line that a report can be about which names nothing of ours: its message went to this person, and
    /// no line has its id. Null if there are several.
    /// </summary>
    /// <exception cref="TooEarlyException">A call to this person is under way and may turn out to be it.</exception>
    public async Task<SendAttempt?> FindOpenAsync(StatusChanged report, CancellationToken cancellationToken)
    {
        if (report is not { MessageId: null, Recipient: { Length: > 0 } recipient })
        {
            return null;
        }

        await using var command = database.Command($"""
            select {SendAttempt.Columns} from send_attempts
            where recipient = $1 and provider = $2 and state in ('claimed', 'unknown', 'unconfirmed')
                and not exists (select from send_attempts where provider = $2 and {ByIds("$3")})
            order by state = 'claimed' desc limit 2
            """, recipient, report.Provider, Ids(report));
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var only = await row.ReadAsync(cancellationToken) ? SendAttempt.Read(row) : null;
        if (only is { State: AttemptState.Claimed })
        {
            throw new TooEarlyException("a report may be about a call that is under way");
        }

        return await row.ReadAsync(cancellationToken) ? null : only;
    }

    /// <summary>Changes a line and says so, in one transaction; null if it was not in one of the states.</summary>
    public Task<SendAttempt?> SettleAsync(SendAttempt attempt, Change change, CancellationToken cancellationToken) =>
        CommitAsync(
            transaction => ChangeAsync(
                transaction, attempt.MessageId, attempt.Attempt, null, change, cancellationToken),
            cancellationToken);

    /// <summary>The provider has it after all: that, and how far it has got by now.</summary>
    public Task<SendAttempt?> AdoptAsync(
        SendAttempt attempt, ProviderMessage found, CancellationToken cancellationToken) =>
        CommitAsync(async transaction =>
        {
            var accepted = await ChangeAsync(
                transaction, attempt.MessageId, attempt.Attempt, null,
                new(AttemptState.Accepted, AttemptState.Unknown) { ProviderMessageId = found.ProviderMessageId },
                cancellationToken);
            if (accepted is not null && found.Status > DeliveryStatus.Queued)
            {
                await AnnounceAsync(transaction, attempt.MessageId, attempt.Attempt, found, cancellationToken);
            }

            return accepted;
        }, cancellationToken);

    /// <summary>Says what a callback would have said, under the same id.</summary>
    private Task AnnounceAsync(
        NpgsqlTransaction transaction, Guid messageId, int attempt, ProviderMessage found,
        CancellationToken cancellationToken) =>
        Outbox.AddAsync(transaction, new StatusChanged
        {
            Provider = provider.Name,
            ProviderMessageId = found.ProviderMessageId,
            MessageId = messageId,
            Attempt = attempt,
            Status = found.Status!.Value,
            ErrorCode = found.ErrorCode,
            ReceivedAt = clock.GetUtcNow(),
            Asked = true,
        }, cancellationToken, found.EventId);

    /// <summary>Says of each message what it has come to, if it is ours and the ledger had not heard so far.</summary>
    public Task<int> CatchUpAsync(IReadOnlyList<ProviderMessage> found, CancellationToken cancellationToken)
    {
        var told = found.Where(message => message.Status > DeliveryStatus.Queued)
            .DistinctBy(message => message.ProviderMessageId)
            .ToDictionary(message => message.ProviderMessageId, StringComparer.Ordinal);
        return told.Count == 0 ? Task.FromResult(0) : CommitAsync(async transaction =>
        {
            var news = new List<(Guid MessageId, int Attempt, string Sid, string? TraceParent)>();
            await using (var command = transaction.Command("""
                select message_id, attempt, sid, trace_parent
                from unnest($1::text[], $2::smallint[]) as told (sid, told_status)
                join send_attempts on provider_message_id = sid
                where provider = $3 and state in ('accepted', 'failed') and coalesce(status, 0) < told_status
                order by claimed_at
                """, told.Keys.ToArray(), told.Values.Select(message => (short)message.Status!).ToArray(),
                provider.Name))
            await using (var row = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await row.ReadAsync(cancellationToken))
                {
                    news.Add((
                        row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)));
                }
            }

            foreach (var (messageId, attempt, sid, traceParent) in news)
            {
                using var activity = Tracing.Continue("status asked for", traceParent);
                await AnnounceAsync(transaction, messageId, attempt, told[sid], cancellationToken);
            }

            return news.Count;
        }, cancellationToken);
    }

    /// <summary>The provider reported a failure: once, it becomes the verdict on the attempt.</summary>
    public Task<SendAttempt?> FailAsync(
        SendAttempt attempt, string providerMessageId, string errorCode, CancellationToken cancellationToken) =>
        CommitAsync(async transaction =>
        {
            var now = clock.GetUtcNow();
            var halt = RetryPolicy.HaltAfter(new SendResult.Refused(errorCode), now);
            if (halt is not null)
            {
                await SendSlots.LockAsync(transaction, attempt.Sender, cancellationToken);
            }

            var failed = await ChangeAsync(transaction, attempt.MessageId, attempt.Attempt, null, new(
                AttemptState.Failed, AttemptState.Claimed, AttemptState.Unknown, AttemptState.Accepted,
                AttemptState.Unconfirmed)
            {
                ProviderMessageId = providerMessageId,
                ErrorCode = errorCode,
                NotBefore = RetryPolicy.NotBefore(
                    ProviderErrors.Find(attempt.Provider, errorCode), attempt.RetriesUsed, null, now,
                    _options.RetryBaseDelay),
            }, cancellationToken);
            if (failed is not null && halt is not null)
            {
                await SendSlots.HaltAsync(transaction, attempt.Sender, halt.Until - now, halt.Code, cancellationToken);
            }

            return failed;
        }, cancellationToken);

    private async Task RecordAsync(NpgsqlTransaction transaction, SendMessage order, Claim claim, SendResult result)
    {
        var now = clock.GetUtcNow();
        var halt = RetryPolicy.HaltAfter(result, now);
        await slots.FreeAsync(transaction, order.From, claim);
        if (result is SendResult.Unknown)
        {
            await SendSlots.RestAsync(transaction, order.From, claim.Probe);
        }
        else if (claim.Probe && result is not SendResult.NotSent)
        {
            await SendSlots.EndRestAsync(transaction, order.From);
        }

        if (halt is not null)
        {
            await SendSlots.HaltAsync(transaction, order.From, halt.Until - now, halt.Code, CancellationToken.None);
        }

        if (result is SendResult.NotSent && await ForgetAsync(transaction, order, claim))
        {
            await ReturnAsync(transaction, order, halt?.Until, halt?.Code, CancellationToken.None);
            return;
        }

        var recorded = await ChangeAsync(
            transaction, order.MessageId, order.Attempt, claim.Id, ChangeAfter(result, order.RetriesUsed, now),
            CancellationToken.None);
        if (recorded is null)
        {
            LogSettledBefore(order.MessageId, order.Attempt, result.GetType().Name);
        }
    }

    /// <summary>The attempt never took place and its number may be used again: its line goes.</summary>
    private static async Task<bool> ForgetAsync(NpgsqlTransaction transaction, SendMessage order, Claim claim)
    {
        await using var command = transaction.Command("""
            delete from send_attempts where message_id = $1 and attempt = $2 and claim = $3 and state = 'claimed'
            """, order.MessageId, order.Attempt, claim.Id);
        return await command.ExecuteNonQueryAsync(CancellationToken.None) == 1;
    }

    private Change ChangeAfter(SendResult result, int retriesUsed, DateTimeOffset now) => result switch
    {
        SendResult.Accepted(var id) =>
            new(AttemptState.Accepted, AttemptState.Claimed, AttemptState.Unknown) { ProviderMessageId = id },
        SendResult.Refused(var code, _) when Find(code).Retry == RetryAdvice.Verify =>
            new(AttemptState.Unknown, AttemptState.Claimed) { Reason = $"the provider answered {code}" },
        SendResult.Refused(var code, var retryAfter) =>
            new(AttemptState.Refused, AttemptState.Claimed, AttemptState.Unknown)
            {
                ErrorCode = code,
                NotBefore = NotBefore(code, retriesUsed, retryAfter, now),
            },
        SendResult.Unknown(var reason) => new(AttemptState.Unknown, AttemptState.Claimed) { Reason = reason },
        // Already given up for unknown, and told so: now it is known.
        SendResult.NotSent => new(AttemptState.Absent, AttemptState.Unknown) { NotBefore = now },
        _ => throw new UnreachableException(),
    };

    private async Task<SendAttempt?> ChangeAsync(
        NpgsqlTransaction transaction, Guid messageId, int attempt, Guid? claim, Change change,
        CancellationToken cancellationToken)
    {
        await using var command = transaction.Command($"""
            update send_attempts set
                state = $4, provider_message_id = coalesce($6, provider_message_id), error_code = $7, reason = $8,
                not_before = $9, changed_at = clock_timestamp(), look_at = clock_timestamp() + $10,
                recipient = case when $4 = 'unknown' then recipient else '' end,
                parts = case when $4 = 'unknown' then parts else array[]::text[] end,
                ask_at = case when $4 = 'accepted' and coalesce(status, 0) not in (2, 4) and provider = $11
                    then claimed_at + $12 end
            where message_id = $1 and attempt = $2 and ($3::uuid is null or claim = $3) and state = any($5)
            returning {SendAttempt.Columns}
            """,
            messageId, attempt, claim, Text(change.To), change.From.Select(Text).ToArray(), change.ProviderMessageId,
            change.ErrorCode, change.Reason, change.NotBefore, _options.ReconcileAfter,
            provider.KeepsList ? provider.Name : "", _options.AskAfter);
        SendAttempt? changed;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            changed = await row.ReadAsync(cancellationToken) ? SendAttempt.Read(row) : null;
        }

        if (changed is not null)
        {
            await changed.AnnounceAsync(transaction, cancellationToken);
        }

        return changed;
    }

    private Task ReturnAsync(
        NpgsqlTransaction transaction, SendMessage order, DateTimeOffset? notBefore, string? errorCode,
        CancellationToken cancellationToken) =>
        Outbox.AddAsync(transaction, new MessageReturned
        {
            MessageId = order.MessageId,
            Attempt = order.Attempt,
            NotBefore = notBefore,
            ErrorCode = errorCode,
            ReturnedAt = clock.GetUtcNow(),
        }, cancellationToken);

    private async Task<T> CommitAsync<T>(Func<NpgsqlTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var result = await work(transaction);
        await transaction.CommitAsync(cancellationToken);
        FailPoint.Reach("before-publish");
        outbox.Committed();
        return result;
    }

    private Task<bool> CommitAsync(Func<NpgsqlTransaction, Task> work, CancellationToken cancellationToken) =>
        CommitAsync(
            async transaction =>
            {
                await work(transaction);
                return true;
            }, cancellationToken);

    private DateTimeOffset? NotBefore(string code, int retriesUsed, TimeSpan? retryAfter, DateTimeOffset now) =>
        RetryPolicy.NotBefore(Find(code), retriesUsed, retryAfter, now, _options.RetryBaseDelay);

    private ProviderError Find(string code) => ProviderErrors.Find(provider.Name, code);

    /// <summary>Not null, as both indexes want it said.</summary>
    private static string ByIds(string ids) => $"""
        (provider_message_id is not null and provider_message_id = any({ids})
            or alternative_id is not null and alternative_id = any({ids}))
        """;

    private static string[] Ids(StatusChanged report) =>
        report.AlternativeId is { } other ? [report.ProviderMessageId, other] : [report.ProviderMessageId];

    internal static string Text(AttemptState state) => state switch
    {
        AttemptState.Claimed => "claimed",
        AttemptState.Accepted => "accepted",
        AttemptState.Refused => "refused",
        AttemptState.Unknown => "unknown",
        AttemptState.Failed => "failed",
        AttemptState.Absent => "absent",
        AttemptState.Unconfirmed => "unconfirmed",
        _ => throw new UnreachableException(),
    };

    [LoggerMessage(LogLevel.Warning,
        "The answer for message {MessageId}, attempt {Attempt}, could not be recorded yet: {Reason}")]
    private partial void LogNotRecorded(Guid messageId, int attempt, string reason);

    [LoggerMessage(LogLevel.Information,
        "The answer {Answer} for message {MessageId}, attempt {Attempt}, told nothing new")]
    private partial void LogSettledBefore(Guid messageId, int attempt, string answer);
}
