using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>How a message ends, decided when it is accepted.</summary>
internal readonly record struct Fate(MessageStatus Last, int? ErrorCode = null);

/// <summary>
/// Moves accepted messages along and reports every step; the first one, which the answer has told, where the provider
/// does.
/// </summary>
internal sealed class Deliveries(
    BackgroundWork background,
    IDialect dialect,
    Inbox inbox,
    PhoneBook phones,
    WebhookClient webhooks,
    IOptions<EmulatorOptions> options,
    TimeProvider clock)
{
    public void Start(Message message, Fate fate, Fault? fault) =>
        background.Run(stopping => DeliverAsync(message, fate, fault, stopping));

    private async Task DeliverAsync(Message message, Fate fate, Fault? fault, CancellationToken stopping)
    {
        var elapsed = TimeSpan.Zero;
        var reports = Task.CompletedTask;
        var heldBack = new Stack<MessageStatus>();

        foreach (var (status, at) in StepsTo(fate))
        {
            await Task.Delay(at > elapsed ? at - elapsed : TimeSpan.Zero, clock, stopping);
            elapsed = at > elapsed ? at : elapsed;
            if (status is not MessageStatus.Queued)
            {
                message.Advance(status, clock.GetUtcNow(), status == fate.Last ? fate.ErrorCode : null);
            }

            switch (fault?.Callbacks)
            {
                case CallbackFault.Lost:
                    break;
                case CallbackFault.OutOfOrder:
                    heldBack.Push(status);
                    break;
                case CallbackFault.Late:
                    reports = ReportAsync(reports, status, fault.Delay);
                    break;
                case CallbackFault.Twice:
                    reports = ReportAsync(ReportAsync(reports, status, TimeSpan.Zero), status, TimeSpan.Zero);
                    break;
                default:
                    reports = ReportAsync(reports, status, TimeSpan.Zero);
                    break;
            }

            if (status is MessageStatus.Delivered && phones.Find(message.To)?.AutoReply is { } reply)
            {
                background.Run(async token =>
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(reply.AfterMs), clock, token);
                    inbox.Write(message.To, reply.Text, times: 1);
                });
            }
        }

        while (heldBack.TryPop(out var status))
        {
            reports = ReportAsync(reports, status, TimeSpan.Zero);
        }

        await reports;

        // A slow webhook delays the later reports, so that none overtakes another by accident; it does not delay the
        // message.
        async Task ReportAsync(Task earlier, MessageStatus status, TimeSpan delay)
        {
            if (dialect.Report(message, status, status == fate.Last ? fate.ErrorCode : null) is not { } report)
            {
                return;
            }

            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, clock, stopping);
            }

            await earlier;
            await webhooks.PostAsync(report, stopping);
        }
    }

    private IEnumerable<(MessageStatus Status, TimeSpan At)> StepsTo(Fate fate)
    {
        var last = fate.Last;
        if (dialect.ReportsAcceptance(fate))
        {
            yield return (MessageStatus.Queued, TimeSpan.Zero);
        }

        if (last is MessageStatus.Failed)
        {
            yield return (last, options.Value.SentAfter);
            yield break;
        }

        yield return (MessageStatus.Sent, options.Value.SentAfter);
        if (last is MessageStatus.Undelivered)
        {
            yield return (last, options.Value.DeliveredAfter);
        }

        if (last is MessageStatus.Delivered or MessageStatus.Read)
        {
            yield return (MessageStatus.Delivered, options.Value.DeliveredAfter);
        }

        if (last is MessageStatus.Read)
        {
            yield return (last, options.Value.ReadAfter);
        }
    }
}
