using System.Globalization;
using System.Text;
using System.Text.Json;
using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

/// <summary>What calls of Gupshup and Meta tell; pure functions.</summary>
public sealed class WebhookEventTests
{
    private static readonly DateTimeOffset Later = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly GupshupEvents Gupshup = new("+33199000001");

    public static IEnumerable<TheoryDataRow<string>> OfGupshup => Vectors.Files("gupshup");

    public static IEnumerable<TheoryDataRow<string>> OfMeta => Vectors.Files("meta");

    [Theory]
    [MemberData(nameof(OfGupshup))]
    public void Every_shape_of_gupshups_is_understood(string file) => Vectors.AssertTold(
        Vectors.Of("gupshup", file),
        [.. Gupshup.Read(WebhookJson.Parse(Vectors.Read("gupshup", file))!.Value, Later)]);

    [Theory]
    [MemberData(nameof(OfMeta))]
    public void Every_shape_of_metas_is_understood(string file) => Vectors.AssertTold(
        Vectors.Of("meta", file),
        [.. MetaEvents.Direct.Read(WebhookJson.Parse(Vectors.Read("meta", file))!.Value, Later)]);

    // Property 6 of the Gupshup plan.
    [Fact]
    public void Property_6_a_message_keeps_sender_text_name_and_instant() =>
        Prop.ForAll(Requests.Text.ToArbitrary(), Gen.Choose(0, 999_999).ToArbitrary(), (text, number) =>
        {
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(number);
            var told = Read(new
            {
                type = "message",
                mobile = $"33639{number:d6}",
                text,
                name = "Zoé",
                timestamp = at.ToUnixTimeMilliseconds(),
            });
            var message = Assert.IsType<WebhookEvent.Incoming>(told).Event;
            Assert.Equal(
                ($"+33639{number:d6}", text.Replace("\0", ""), "Zoé", at),
                (message.From, message.Text, message.ProfileName, message.ReceivedAt));
        }).QuickCheckThrowOnFailure();

    // Property 7 of the Gupshup plan.
    [Fact]
    public void Property_7_every_report_keeps_its_ids_status_code_and_instant() =>
        Prop.ForAll(AnyReport.ToArbitrary(), report =>
        {
            var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(report.Second);
            var told = Assert.IsType<WebhookEvent.Status>(Read(new
            {
                type = "message-event",
                eventType = report.Word,
                externalId = report.External,
                messageId = report.Message,
                errorCode = report.Code,
                eventTs = at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            })).Event;
            Assert.Equal(
                (report.External ?? report.Message, report.External is null ? null : report.Message),
                (told.ProviderMessageId, told.AlternativeId));
            Assert.Equal(StatusOf[report.Word.ToLowerInvariant()], told.Status);
            Assert.Equal(told.Status == DeliveryStatus.Failed ? report.Code : null, told.ErrorCode);
            Assert.Equal(at, told.ReceivedAt);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("enqueued", DeliveryStatus.Queued)]
    [InlineData("Sent", DeliveryStatus.Sent)]
    [InlineData("SUCCESS", DeliveryStatus.Delivered)]
    [InlineData("delivered", DeliveryStatus.Delivered)]
    [InlineData("READ", DeliveryStatus.Read)]
    [InlineData("played", DeliveryStatus.Read)]
    [InlineData("failed", DeliveryStatus.Failed)]
    [InlineData("UNKNOWN", DeliveryStatus.Failed)]
    public void Each_word_of_a_report_has_its_status(string word, DeliveryStatus status)
    {
        var told = Read(new
        {
            type = "message-event",
            eventType = word,
            externalId = "g-1",
            messageId = "w-1",
            destAddr = "33639980012",
        });

        var report = Assert.IsType<WebhookEvent.Status>(told).Event;
        Assert.Equal(("g-1", "w-1", status), (report.ProviderMessageId, report.AlternativeId, report.Status));
        Assert.Equal("+33639980012", report.Recipient);
    }

    // Only a report under the id that Gupshup gave us may settle what became of a call that nobody answered.
    [Theory]
    [InlineData("enqueued", null, true)]
    [InlineData("failed", null, true)]
    [InlineData("delivered", "g-1", true)]
    [InlineData("delivered", null, false)]
    [InlineData("read", null, false)]
    public void A_report_names_the_person_where_it_is_under_gupshups_own_id(string word, string? gsId, bool named)
    {
        var told = Read(new
        {
            type = "message-event",
            payload = new { id = "i-1", gsId, type = word, destination = "33639980012", payload = new { } },
        });

        var report = Assert.IsType<WebhookEvent.Status>(told).Event;
        Assert.Equal(
            (gsId ?? "i-1", named ? "+33639980012" : null), (report.ProviderMessageId, report.Recipient));
    }

    [Fact]
    public void Our_message_and_attempt_come_back_from_meta()
    {
        var id = Guid.CreateVersion7();
        var told = MetaEvents.Direct.Read(Json(new
        {
            entry = new[]
            {
                new
                {
                    changes = new[]
                    {
                        new
                        {
                            value = new
                            {
                                statuses = new[]
                                {
                                    new { id = "wamid.1", status = "played", biz_opaque_callback_data = $"{id}/2" },
                                },
                            },
                        },
                    },
                },
            },
        }), Later);

        var status = Assert.IsType<WebhookEvent.Status>(Assert.Single(told)).Event;
        Assert.Equal((id, 2, DeliveryStatus.Read), (status.MessageId, status.Attempt, status.Status));
    }

    [Theory]
    [InlineData("""{ "type": "billing-event", "payload": { "deductions": {} } }""")]
    [InlineData("""{ "type": "platform-event", "payload": { "type": "connectivity-check" } }""")]
    [InlineData("""{ "type": "user-event", "payload": { "phone": "callbackSetPhone", "type": "sandbox-start" } }""")]
    [InlineData("""{ "type": "message-event", "payload": { "id": "x", "type": "mismatch" } }""")]
    [InlineData("""{ "type": "message-event", "payload": { "id": "x", "type": "deleted" } }""")]
    [InlineData("""{ "type": "preference-event", "payload": { "payload": { "user_preferences": [] } } }""")]
    [InlineData("""{ "something": 1 }""")]
    [InlineData("12")]
    public void What_is_not_known_is_kept_as_unknown(string body) =>
        Assert.IsType<WebhookEvent.Ignored>(
            Assert.Single(Gupshup.Read(WebhookJson.Parse(Encoding.UTF8.GetBytes(body))!.Value, Later)));

    [Theory]
    [InlineData("opted-out", OptOutType.Stop)]
    [InlineData("opted-in", OptOutType.Start)]
    public void A_consent_given_at_gupshup_counts(string word, OptOutType consent)
    {
        var told = Read(new { type = "user-event", payload = new { phone = "33639980012", type = word } });

        var changed = Assert.IsType<WebhookEvent.Consent>(told).Event;
        Assert.Equal(("+33639980012", consent, Later), (changed.From, changed.Consent, changed.ReceivedAt));
    }

    [Fact]
    public void Each_of_several_preferences_counts()
    {
        var told = Gupshup.Read(Json(new
        {
            type = "preference-event",
            timestamp = Later.AddMinutes(-1).ToUnixTimeMilliseconds(),
            payload = new
            {
                payload = new
                {
                    user_preferences = new[]
                    {
                        new { wa_id = "33639980012", value = "stop", category = "marketing_messages" },
                        new { wa_id = "33639980013", value = "resume", category = "marketing_messages" },
                        new { wa_id = "33639980014", value = "signup", category = "marketing_messages" },
                    },
                },
            },
        }), Later).ToList();

        Assert.Equal(
            [("+33639980012", OptOutType.Stop), ("+33639980013", OptOutType.Start)],
            told.OfType<WebhookEvent.Consent>().Select(one => (one.Event.From, one.Event.Consent)));
        Assert.All(
            told.OfType<WebhookEvent.Consent>(), one => Assert.Equal(Later.AddMinutes(-1), one.Event.ReceivedAt));
        Assert.Single(told.OfType<WebhookEvent.Ignored>());
    }

    // Whatever is in it: nobody outside can make the parser throw.
    [Fact]
    public void Nothing_that_is_json_is_too_strange() => Prop.ForAll(AnyJson(3).ToArbitrary(), body =>
    {
        var root = WebhookJson.Parse(Encoding.UTF8.GetBytes(body))!.Value;
        return Gupshup.Read(root, Later).Concat(MetaEvents.Direct.Read(root, Later)).All(told => told is not null);
    }).QuickCheckThrowOnFailure();

    // The members' own names, with values of any type.
    private static Gen<string> AnyJson(int depth)
    {
        var plain = Gen.Elements("null", "true", "12", "-1", "1e300", "\"\"", "\"text\"", "\"[1]\"", "[]", "{}");
        if (depth == 0)
        {
            return plain;
        }

        var name = Gen.Elements(
            "type", "payload", "entry", "changes", "value", "messages", "statuses", "response", "eventType", "mobile",
            "id", "status", "timestamp", "sender", "context", "user_preferences", "metadata", "errors");
        var members = Gen.ArrayOf(name.Zip(AnyJson(depth - 1)))
            .Select(pairs => pairs.DistinctBy(pair => pair.Item1).Select(pair => $"\"{pair.Item1}\":{pair.Item2}"));
        return Gen.OneOf(
            plain,
            members.Select(pairs => "{" + string.Join(',', pairs) + "}"),
            Gen.ArrayOf(AnyJson(depth - 1)).Select(items => "[" + string.Join(',', items) + "]"));
    }

    private static readonly Dictionary<string, DeliveryStatus> StatusOf = new()
    {
        ["enqueued"] = DeliveryStatus.Queued,
        ["sent"] = DeliveryStatus.Sent,
        ["delivered"] = DeliveryStatus.Delivered,
        ["read"] = DeliveryStatus.Read,
        ["failed"] = DeliveryStatus.Failed,
    };

    // By one id at least.
    private static Gen<(string Word, string? External, string? Message, string Code, int Second)> AnyReport =>
        from word in Gen.Elements(StatusOf.Keys.ToArray())
        from shouted in Gen.Elements(true, false)
        from ids in Gen.Elements<(string?, string?)>(("g-1", "w-1"), ("g-2", null), (null, "w-3"))
        from code in Gen.Choose(1, 199_999)
        from second in Gen.Choose(0, 20_000_000)
        select (
            shouted ? word.ToUpperInvariant() : word, ids.Item1, ids.Item2,
            code.ToString(CultureInfo.InvariantCulture), second);

    private static WebhookEvent Read(object body) => Assert.Single(Gupshup.Read(Json(body), Later));

    private static JsonElement Json(object body) =>
        JsonSerializer.SerializeToElement(body);
}
