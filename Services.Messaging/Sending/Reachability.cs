using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Messaging;

/// <summary>
/// Finds out whether the provider's webhooks reach us, and tells. While they do not, it asks the provider for what they
/// would have told, if it keeps a list: messages that people wrote, statuses of what was sent lately; once more when
/// they do again.
/// Replicas share the work by the rows of <c>webhook_checks</c>.
/// </summary>
internal sealed partial class Reachability(
    NpgsqlDataSource database, Outbox outbox, IMessageProvider provider, WebhookSigns signs,
    InboundRecovery inbound, LostCallbacks statuses, IOptions<SendingOptions> options, IConfiguration settings,
    TimeProvider clock, ILogger<Reachability> logger) : BackgroundService
{
    /// <summary>Failures in a row that count: one alone may be a restart on the way.</summary>
    private const int Failures = 2;

    private const int StatusPages = 5;

    /// <summary>A callback so short ago says more than a test, which may fail because it comes from inside.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan TellAgain = TimeSpan.FromMinutes(5);

    /// <summary>Statuses of older messages are asked for at their own pace.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromHours(1);

    private readonly SendingOptions _options = options.Value;

    private readonly Outage _outage = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shortest = _options.SelfTestPause < _options.RecoverPause ? _options.SelfTestPause : _options.RecoverPause;
        var pause = shortest / 10 > TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : shortest / 10;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await IsCheckDueAsync(stoppingToken))
                {
                    await CheckAsync(isAsked: false, stoppingToken);
                }

                if (provider.KeepsList && await IsRecoveryDueAsync(stoppingToken) is { } closing)
                {
                    await RecoverAsync(closing, stoppingToken);
                }

                _outage.Ends();
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (_outage.Begins())
                {
                    LogFailed(exception.Message);
                }
            }

            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    /// <summary>Somebody waits for the result: it is told in any case, and one failure counts.</summary>
    public async Task CheckNowAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            insert into webhook_checks as c (provider, due_at) values ($1, clock_timestamp() + $2)
            on conflict (provider) do update set due_at = excluded.due_at
            """, provider.Name, _options.SelfTestPause);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await CheckAsync(isAsked: true, cancellationToken);
    }

    private async Task<bool> IsCheckDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            insert into webhook_checks as c (provider, due_at) values ($1, clock_timestamp() + $2)
            on conflict (provider) do update set due_at = excluded.due_at where c.due_at <= clock_timestamp()
            returning true
            """, provider.Name, _options.SelfTestPause);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task CheckAsync(bool isAsked, CancellationToken cancellationToken)
    {
        var reason = await provider.CheckWebhookAsync(cancellationToken);
        var well = reason is null || signs.SawWithin(Fresh);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = transaction.Command("""
            with before as (select * from webhook_checks where provider = $1 for update), after as (
                select provider,
                    case when $2 then 0 else failures + 1 end as failures,
                    case when $2 then true when failures + 1 >= $4 or $3 = 'private_address' then false
                        else reachable end as reachable
                from before
            )
            update webhook_checks c set
                failures = after.failures, reachable = after.reachable, reason = case when $2 then null else $3 end,
                due_at = case when after.failures = 1 then clock_timestamp() + $5 else c.due_at end,
                well_at = case when $2 and c.recover_at is null then clock_timestamp() else c.well_at end,
                recover_at = case when after.reachable = false
                    then coalesce(c.recover_at, clock_timestamp()) else c.recover_at end,
                closing = after.reachable and c.recover_at is not null,
                told_at = case when after.reachable is not null and ($7
                    or before.reachable is distinct from after.reachable or c.told_at is null or c.told_at < clock_timestamp() - $6)
                    then clock_timestamp() else c.told_at end
            from before, after where c.provider = $1
            returning after.reachable, before.reachable is distinct from after.reachable,
                c.told_at is distinct from before.told_at
            """, provider.Name, well, reason, isAsked ? 1 : Failures, _options.SelfTestPause / 6, TellAgain, isAsked);
        bool reachable;
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken) || row.IsDBNull(0) || !row.GetBoolean(2))
            {
                await row.DisposeAsync();
                await transaction.CommitAsync(cancellationToken);
                return;
            }

            reachable = row.GetBoolean(0); // one failure alone says nothing yet
            if (row.GetBoolean(1))
            {
                LogChanged(reachable, well ? "" : reason);
            }
        }

        await Outbox.AddAsync(transaction, new WebhooksChecked
        {
            Provider = provider.Name,
            Reachable = reachable,
            Reason = reachable ? null : reason,
            CheckedAt = clock.GetUtcNow(),
        }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        outbox.Committed();
    }

    /// <summary>Null: not now. True: it is the last one.</summary>
    private async Task<bool?> IsRecoveryDueAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            update webhook_checks set recover_at = clock_timestamp() + $2
            where provider = $1 and recover_at <= clock_timestamp() returning closing
            """, provider.Name, _options.RecoverPause);
        return (bool?)await command.ExecuteScalarAsync(cancellationToken);
    }

    private async Task RecoverAsync(bool closing, CancellationToken cancellationToken)
    {
        foreach (var (sender, oldest) in await SendersAsync(cancellationToken))
        {
            await inbound.RecoverAsync(sender, cancellationToken);
            if (oldest is { } since)
            {
                await statuses.WalkAsync(sender, since, StatusPages, cancellationToken);
            }
        }

        if (closing)
        {
            await using var command = database.Command("""
                update webhook_checks set recover_at = null, closing = false, well_at = clock_timestamp()
                where provider = $1 and closing
                """, provider.Name);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Our senders, and since when they have sent something that lacks its last status.</summary>
    private async Task<List<(string Sender, DateTimeOffset? Oldest)>> SendersAsync(CancellationToken cancellationToken)
    {
        var numbers = _options.Senders.Select(sender => sender.Number);
        if (settings["Sandbox:Number"] is { Length: > 0 } main)
        {
            numbers = numbers.Append(main);
        }

        await using var command = database.Command("""
            select sender, (
                select min(claimed_at) - interval '30 seconds' from send_attempts line
                where ask_at is not null and line.sender = senders.sender and claimed_at > clock_timestamp() - $2)
            from (select sender from sender_slots union select unnest($1)) senders
            """, numbers.ToArray(), Lately);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var senders = new List<(string, DateTimeOffset?)>();
        while (await row.ReadAsync(cancellationToken))
        {
            senders.Add((row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1)));
        }

        return senders;
    }

    [LoggerMessage(LogLevel.Warning, "Webhooks reach us: {Reachable} {Reason}")]
    private partial void LogChanged(bool reachable, string? reason);

    [LoggerMessage(LogLevel.Warning, "What webhooks would have told cannot be asked for, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
