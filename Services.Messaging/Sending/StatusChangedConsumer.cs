using Contracts;
using MassTransit;
using Npgsql;

namespace Services.Messaging;

/// <summary>
/// Lets a report settle an unknown outcome, and judges reported failures. All other reports, by far the most, are only
/// noted (see <see cref="StatusBook"/>): what they say of a settled attempt concerns Campaigns.
/// </summary>
internal sealed partial class StatusChangedConsumer(
    StatusBook book, SendAttempts attempts, WebhookSigns signs, ILogger<StatusChangedConsumer> logger)
    : IConsumer<StatusChanged>
{
    /// <summary>
    /// Also an absent one: then the provider's list was behind; the report is the better witness. And one of which
    /// nobody told for a day.
    /// </summary>
    private static readonly AttemptState[] Unsettled =
        [AttemptState.Claimed, AttemptState.Unknown, AttemptState.Absent, AttemptState.Unconfirmed];

    /// <summary>Of an unconfirmed one it is the true reason.</summary>
    private static readonly AttemptState[] Failing =
        [AttemptState.Claimed, AttemptState.Unknown, AttemptState.Accepted, AttemptState.Unconfirmed];

    public async Task Consume(ConsumeContext<StatusChanged> context)
    {
        var report = context.Message;
        if (!report.Asked)
        {
            signs.Saw();
        }

        if (await book.EnterAsync(report, context.CancellationToken))
        {
            await (report.Status == DeliveryStatus.Failed
                ? FailAsync(report, context.CancellationToken)
                : AcceptAsync(report, context.CancellationToken));
        }
    }

    private async Task FailAsync(StatusChanged report, CancellationToken cancellationToken)
    {
        var attempt = await attempts.FindAsync(report, Failing, cancellationToken)
            ?? await attempts.FindOpenAsync(report, cancellationToken);
        if (attempt is not null)
        {
            // The dictionary explains the empty code as a failure without a reason.
            await attempts.FailAsync(
                attempt, attempt.ProviderMessageId ?? report.ProviderMessageId, report.ErrorCode ?? string.Empty,
                cancellationToken);
        }
    }

    private async Task AcceptAsync(StatusChanged report, CancellationToken cancellationToken)
    {
        var attempt = await attempts.FindAsync(report, Unsettled, cancellationToken)
            ?? await attempts.FindOpenAsync(report, cancellationToken);
        if (attempt is null)
        {
            return;
        }

        try
        {
            await attempts.SettleAsync(
                attempt,
                new(AttemptState.Accepted, Unsettled) { ProviderMessageId = report.ProviderMessageId },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            LogArrivedAfterAll(attempt.MessageId, attempt.Attempt);
        }
    }

    [LoggerMessage(LogLevel.Error,
        "Message {MessageId}: attempt {Attempt} reached the provider after all, and a later attempt is out as well")]
    private partial void LogArrivedAfterAll(Guid messageId, int attempt);
}

/// <summary>Reports come in bursts, several per message; those that wait together cost one commit.</summary>
internal sealed class StatusChangedConsumerDefinition : ConsumerDefinition<StatusChangedConsumer>
{
    public StatusChangedConsumerDefinition()
    {
        ConcurrentMessageLimit = 300;
        Endpoint(endpoint => endpoint.PrefetchCount = 300);
    }
}
