using System.Globalization;
using Microsoft.Extensions.Options;

namespace TwilioEmulator;

/// <summary>How a message ends, decided when it is accepted.</summary>
internal readonly record struct Fate(MessageStatus Last, int? ErrorCode = null);

/// <summary>Moves accepted messages along and reports every step but the first, which the answer has told.</summary>
internal sealed class Deliveries(
    BackgroundWork background,
    Inbox inbox,
    PhoneBook phones,
    WebhookClient webhooks,
    IOptions<EmulatorOptions> options,
    TimeProvider clock)
{
    // Constant in an account: the sandbox is one installation of the channel.
    private const string ChannelInstallSid = "XE00000000000000000000000000000001";

    public void Start(Message message, Fate fate, Fault? fault) =>
        background.Run(stopping => DeliverAsync(message, fate, fault, stopping));

    private async Task DeliverAsync(Message message, Fate fate, Fault? fault, CancellationToken stopping)
    {
        var elapsed = TimeSpan.Zero;
        var reports = Task.CompletedTask;
        var heldBack = new Stack<MessageStatus>();

        foreach (var (status, at) in StepsTo(fate.Last))
        {
            await Task.Delay(at > elapsed ? at - elapsed : TimeSpan.Zero, clock, stopping);
            elapsed = at > elapsed ? at : elapsed;
            message.Advance(status, clock.GetUtcNow(), status == fate.Last ? fate.ErrorCode : null);

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
            if (message.StatusCallback is null)
            {
                return;
            }

            var form = FormOf(message, status, status == fate.Last ? fate.ErrorCode : null);
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, clock, stopping);
            }

            await earlier;
            await webhooks.PostAsync(message.StatusCallback, message.Sid, form, stopping);
        }
    }

    private IEnumerable<(MessageStatus Status, TimeSpan At)> StepsTo(MessageStatus last)
    {
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

    /// <summary>https://www.twilio.com/docs/messaging/guides/track-outbound-message-status</summary>
    private List<KeyValuePair<string, string>> FormOf(Message message, MessageStatus status, int? errorCode)
    {
        var form = new List<KeyValuePair<string, string>>
        {
            new("ChannelPrefix", "whatsapp"),
            new("ApiVersion", TwilioApi.Version),
            new("MessageStatus", status.Word()),
            new("SmsSid", message.Sid),
            new("SmsStatus", status.Word()),
            new("ChannelInstallSid", ChannelInstallSid),
            new("To", message.To),
            new("From", message.From),
            new("MessageSid", message.Sid),
            new("AccountSid", options.Value.AccountSid),
        };

        if (errorCode is { } code)
        {
            form.Add(new("ErrorCode", code.ToString(CultureInfo.InvariantCulture)));
            form.Add(new("ErrorMessage", DeliveryErrors.Text(code)));
            form.Add(new("ChannelStatusMessage", DeliveryErrors.Text(code)));
        }

        if (status is MessageStatus.Read)
        {
            form.Add(new("EventType", "READ"));
        }

        return form;
    }
}
