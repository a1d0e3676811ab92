using System.Text;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

public sealed class TwilioCallbackTests
{
    private const string Account = "AC00000000000000000000000000000001";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly (string Word, DeliveryStatus Status)[] Words =
    [
        ("accepted", DeliveryStatus.Queued), ("scheduled", DeliveryStatus.Queued), ("queued", DeliveryStatus.Queued),
        ("sending", DeliveryStatus.Queued), ("sent", DeliveryStatus.Sent), ("delivered", DeliveryStatus.Delivered),
        ("read", DeliveryStatus.Read), ("failed", DeliveryStatus.Failed), ("undelivered", DeliveryStatus.Failed),
        ("canceled", DeliveryStatus.Failed),
    ];

    [Fact]
    public void Property_7_sender_text_and_id_of_every_message_are_extracted() =>
        Prop.ForAll(Numbers.ToArbitrary(), Requests.Text.ToArbitrary(), Sids.ToArbitrary(), (number, text, sid) =>
        {
            var incoming = Read([("MessageSid", sid), ("From", $"whatsapp:{number}"), ("Body", text)]);

            return incoming is TwilioCallback.Incoming { Event: var message }
                && message.ProviderMessageId == sid
                && message.From == number
                && message.To == "+14155238886"
                && message.Text == text.Replace("\0", "")
                && message.ReceivedAt == Now;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_else_whatsapp_tells_of_a_message_is_extracted()
    {
        var message = Assert.IsType<TwilioCallback.Incoming>(Read(
        [
            ("ProfileName", "Zoé 😀"), ("ButtonText", "Oui"), ("ButtonPayload", "yes"), ("OptOutType", "STOP"),
            ("OriginalRepliedMessageSid", "SM1"), ("NumMedia", "2"), ("Body", ""),
        ])).Event;

        Assert.Equal("Zoé 😀", message.ProfileName);
        Assert.Equal("Oui", message.Text);
        Assert.Equal("yes", message.ButtonPayload);
        Assert.Equal(OptOutType.Stop, message.OptOut);
        Assert.Equal("SM1", message.RepliedToProviderMessageId);
        Assert.Equal(2, message.MediaCount);
    }

    [Theory]
    [InlineData("whatsapp:+33612345678", "+33612345678")]
    [InlineData("whatsapp:FR.1234567890", "FR.1234567890")]
    [InlineData("+33612345678", "+33612345678")]
    public void An_address_loses_its_channel_and_nothing_else(string address, string from) =>
        Assert.Equal(from, Assert.IsType<TwilioCallback.Incoming>(Read([("From", address)])).Event.From);

    [Fact]
    public void Property_9_the_status_of_every_callback_is_extracted() =>
        Prop.ForAll(
            Gen.Elements(Words).ToArbitrary(), Sids.ToArbitrary(),
            ArbMap.Default.ArbFor<Guid>().Generator.Zip(Gen.Choose(1, 9)).ToArbitrary(), (word, sid, order) =>
            {
                var callback = Read(
                    [("MessageSid", sid), ("MessageStatus", word.Word), ("SmsStatus", word.Word)],
                    $"/api/webhooks/twilio?m={order.Item1}&a={order.Item2}");

                return callback is TwilioCallback.Status { Event: var status }
                    && status.ProviderMessageId == sid
                    && status.Status == word.Status
                    && status.MessageId == order.Item1
                    && status.Attempt == order.Item2
                    && status.ReceivedAt == Now;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_10_a_failure_carries_its_code_as_text_and_nothing_else_does() =>
        Prop.ForAll(
            Gen.Elements(Words).ToArbitrary(),
            Gen.Elements("63015", "63016", "30008", "InvalidSandboxRequest").ToArbitrary(),
            (word, code) =>
            {
                var callback = Read([("MessageStatus", word.Word), ("ErrorCode", code), ("ErrorMessage", "told")]);

                return callback is TwilioCallback.Status { Event: var status }
                    && status.ErrorCode == (status.Status == DeliveryStatus.Failed ? code : null);
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_failure_without_a_code_is_a_failure() =>
        Assert.Equal(
            (DeliveryStatus.Failed, null),
            Read([("MessageStatus", "undelivered"), ("ErrorCode", "")]) is TwilioCallback.Status { Event: var status }
                ? (status.Status, status.ErrorCode) : default);

    [Fact]
    public void Whatsapp_reports_reading_as_an_event() =>
        Assert.Equal(
            DeliveryStatus.Read,
            Assert.IsType<TwilioCallback.Status>(
                Read([("MessageStatus", "delivered"), ("EventType", "READ")])).Event.Status);

    [Fact]
    public void Reading_has_another_id_than_the_delivery_before_it() =>
        Assert.NotEqual(
            Assert.IsType<TwilioCallback.Status>(Read([("MessageStatus", "delivered")])).Id,
            Assert.IsType<TwilioCallback.Status>(
                Read([("MessageStatus", "delivered"), ("EventType", "READ")])).Id);

    [Theory]
    [InlineData("/api/webhooks/twilio")]
    [InlineData("/api/webhooks/twilio?m=&a=")]
    [InlineData("/api/webhooks/twilio?m=1&a=first")]
    public void A_callback_without_our_ids_is_known_by_its_sid_alone(string target)
    {
        var status = Assert.IsType<TwilioCallback.Status>(Read([("MessageStatus", "sent")], target)).Event;

        Assert.Equal((null, null), (status.MessageId, status.Attempt));
    }

    [Fact]
    public void The_same_news_has_the_same_id_whenever_it_comes_and_other_news_another_one()
    {
        (string, string)[][] news =
        [
            [("MessageSid", "SM1")], [("MessageSid", "SM2")], [("MessageSid", "SM1"), ("MessageStatus", "sent")],
            [("MessageSid", "SM1"), ("MessageStatus", "queued")], [("MessageSid", "SM1"), ("MessageStatus", "sending")],
            [("MessageSid", "SM1"), ("MessageStatus", "failed")],
            [("MessageSid", "SM1"), ("MessageStatus", "failed"), ("ErrorCode", "63015")],
            [("MessageSid", "SM1"), ("MessageStatus", "failed"), ("ErrorCode", "63016")],
        ];

        Assert.Equal(news.Length, news.Select(IdOf).Distinct().Count());
        Assert.Equal(news.Select(IdOf), news.Select(one => IdOf([.. one, ("New", "parameter")])));
    }

    [Fact]
    public void A_status_that_is_not_known_yet_is_left_alone() =>
        Assert.IsType<TwilioCallback.Ignored>(Read([("MessageStatus", "pondering")]));

    [Fact]
    public void Another_account_is_refused() =>
        Assert.IsType<TwilioCallback.Refused>(Read([("AccountSid", "AC00000000000000000000000000000002")]));

    [Theory]
    [InlineData("AccountSid")]
    [InlineData("MessageSid")]
    [InlineData("From")]
    [InlineData("To")]
    [InlineData("Body")]
    public void A_form_that_lacks_a_required_field_is_told_which(string field) =>
        Assert.Equal(field, Assert.IsType<TwilioCallback.Incomplete>(Read([], without: field)).Field);

    private static readonly Gen<string> Numbers =
        from length in Gen.Choose(7, 14)
        from digits in Gen.ArrayOf(Gen.Choose(0, 9), length)
        select $"+{string.Concat(digits)}";

    private static readonly Gen<string> Sids =
        from prefix in Gen.Elements("SM", "MM")
        from id in ArbMap.Default.ArbFor<Guid>().Generator
        select $"{prefix}{id:n}";

    private static Guid IdOf((string, string)[] changes) => Read(changes) switch
    {
        TwilioCallback.Incoming incoming => incoming.Id,
        TwilioCallback.Status status => status.Id,
        var other => throw new InvalidOperationException(other.ToString()),
    };

    private static TwilioCallback Read(
        (string Name, string Value)[] changes, string target = "/api/webhooks/twilio", string? without = null)
    {
        var fields = new Dictionary<string, string>
        {
            ["MessageSid"] = "SM00000000000000000000000000000001",
            ["AccountSid"] = Account,
            ["From"] = "whatsapp:+33612345678",
            ["To"] = "whatsapp:+14155238886",
            ["Body"] = "Bonjour",
            ["NumMedia"] = "0",
            ["SmsStatus"] = "received",
        };
        foreach (var (name, value) in changes)
        {
            fields[name] = value;
        }

        fields.Remove(without ?? "");
        var body = Signer.FormOf(fields.Select(field => (field.Key, field.Value)));
        using var form = TwilioForm.Parse(Encoding.UTF8.GetBytes(body));
        return TwilioCallback.From(form, target, Account, Now);
    }
}
