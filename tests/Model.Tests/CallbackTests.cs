using System.Text;
using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;
using Services.Campaigns;
using Services.Webhooks;

namespace Model.Tests;

/// <summary>
/// What every provider has to pass besides Services.Messaging.Tests' ProviderContract: its calls on one message, as they
/// look on the wire, in any order and as often as they like, leave the row where the furthest of them says. A further
/// provider is one more entry of <see cref="Wires"/>.
/// </summary>
public sealed class CallbackTests
{
    private const string Given = "id-of-the-answer";

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid Message = Guid.CreateVersion7(Start);

    /// <summary>A status as a call of the provider, read by our webhook.</summary>
    private static readonly Dictionary<string, Func<string, StatusChanged>> Wires = new()
    {
        ["twilio"] = word =>
        {
            using var form = TwilioForm.Parse(Encoding.UTF8.GetBytes(
                $"AccountSid=AC1&MessageSid={Given}&MessageStatus={word}&To=whatsapp%3A%2B33639980001"));
            return Assert.IsType<TwilioCallback.Status>(TwilioCallback.From(
                form, $"/api/webhooks/twilio?m={Message}&a=1", "AC1", At(word))).Event;
        },
        ["gupshup"] = word => Told(new GupshupEvents("+33199000001").Read(Json(word == "queued"
            ? (object)new
            {
                type = "message-event",
                timestamp = At(word).ToUnixTimeMilliseconds(),
                payload = new { id = Given, type = "enqueued", payload = new { whatsappMessageId = "wamid.1" } },
            }
            : new
            {
                type = "message-event",
                timestamp = At(word).ToUnixTimeMilliseconds(),
                payload = new { id = "wamid.1", gsId = Given, type = word, destination = "33639980001" },
            }), At(word))),
        ["meta"] = word => Told(MetaEvents.Direct.Read(Json(new
        {
            entry = new[] { new { changes = new[] { new { field = "messages", value = new { statuses = new[]
            {
                new
                {
                    id = Given,
                    status = word,
                    timestamp = $"{At(word).ToUnixTimeSeconds()}",
                    biz_opaque_callback_data = $"{Message}/1",
                },
            } } } } } },
        }), At(word))),
    };

    public static TheoryData<string> Providers => [.. Wires.Keys];

    [Theory]
    [MemberData(nameof(Providers))]
    public void Calls_in_any_order_and_any_number_end_where_the_furthest_of_them_says(string provider) =>
        Prop.ForAll(Arb.From(
            from words in Gen.SubListOf(WordsOf(provider))
            from repeats in Gen.SubListOf<string>(words)
            from told in Gen.Shuffle<string>(["accepted", .. words, .. repeats])
            select told), told =>
        {
            var message = new CampaignMessage
            {
                Id = Message,
                CampaignId = Guid.Empty,
                Kind = MessageKind.Message1,
                Phone = "+33639980001",
            };
            message.Apply(new MessageReport.Queued(Start.AddSeconds(15), Start));
            foreach (var word in told)
            {
                message.Apply(word == "accepted"
                    ? new MessageReport.Accepted(1, Given, At(word)) { Provider = provider }
                    : ReportOf(Wires[provider](word)));
            }

            var expected = told.Contains("read") ? MessageStatus.Read
                : told.Contains("delivered") ? MessageStatus.Delivered
                : MessageStatus.Sent;
            return message.Status == expected && message.ProviderMessageId == Given && message.Attempts == 1
                && message.Provider == provider;
        }).QuickCheckThrowOnFailure();

    /// <summary>Meta tells nothing of what it has only queued.</summary>
    private static string[] WordsOf(string provider) =>
        provider == "meta" ? ["sent", "delivered", "read"] : ["queued", "sent", "delivered", "read"];

    /// <summary>As the consumer of Campaigns enters it, once the message is found by its ids.</summary>
    private static MessageReport.Status ReportOf(StatusChanged told)
    {
        Assert.True(told.MessageId == Message || new[] { told.ProviderMessageId, told.AlternativeId }.Contains(Given));
        return new(told.Attempt, told.Status, told.ProviderMessageId, told.ReceivedAt)
        {
            Provider = told.Provider,
            AlternativeId = told.AlternativeId,
        };
    }

    private static StatusChanged Told(IEnumerable<WebhookEvent> events) =>
        Assert.IsType<WebhookEvent.Status>(Assert.Single(events)).Event;

    private static JsonElement Json(object call) => JsonSerializer.SerializeToElement(call);

    private static DateTimeOffset At(string word) =>
        Start.AddSeconds(Array.IndexOf(["accepted", "queued", "sent", "delivered", "read"], word));
}
