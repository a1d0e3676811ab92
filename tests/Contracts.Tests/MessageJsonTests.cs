using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;

namespace Contracts.Tests;

/// <summary>Messages travel as JSON: the broker's names its enums, the outbox's numbers them.</summary>
public sealed class MessageJsonTests
{
    private static readonly JsonSerializerOptions[] Formats =
    [
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } },
        new(),
    ];

    /// <summary>Valid Unicode, as JSON is, and never null.</summary>
    private static readonly Arbitrary<string> Text = ArbMap.Default.ArbFor<NonNull<string>>().Generator
        .Select(text => string.Concat(text.Get.EnumerateRunes()))
        .ToArbitrary();

    private static readonly Arbitrary<IReadOnlyDictionary<string, string>> Variables = ArbMap.Default
        .MergeArb(Text)
        .ArbFor<Dictionary<string, string>>().Generator
        .Select(variables => (IReadOnlyDictionary<string, string>)variables)
        .ToArbitrary();

    private static readonly IArbMap Values = ArbMap.Default.MergeArb(Text).MergeArb(Variables);

    public static TheoryData<Type> Messages() =>
        [.. typeof(SendMessage).Assembly.GetExportedTypes().Where(type => RequiredMembers(type).Any())];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_arrives_as_it_was_sent(Type message) => Check(message, nameof(ArrivesAsItWasSent));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_newer_senders_additions_are_ignored(Type message) => Check(message, nameof(ArrivesWithAdditions));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_that_says_only_what_it_must_arrives_too(Type message) => Check(message, nameof(ArrivesBare));

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_that_lacks_what_it_must_say_is_refused(Type message) =>
        Check(message, nameof(IsRefusedWithout));

    [Fact]
    public void Every_message_is_among_those_checked() =>
        Assert.Equal(
            [
                nameof(CheckWebhooks), nameof(ConsentChanged), nameof(MessageAccepted), nameof(MessageDeferred),
                nameof(MessageReceived), nameof(MessageRejected), nameof(MessageReturned), nameof(OutcomeUnknown),
                nameof(SendMessage), nameof(StatusChanged), nameof(UnknownWebhook), nameof(WebhooksChecked),
            ],
            Messages().Select(row => row.Data.Name).Order());

    private static void ArrivesAsItWasSent<T>(T message, JsonSerializerOptions format) =>
        Assert.Equivalent(
            message, JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(message, format), format), strict: true);

    private static void ArrivesWithAdditions<T>(T message, JsonSerializerOptions format)
    {
        var json = JsonSerializer.SerializeToNode(message, format)!.AsObject();
        json["addedLater"] = new JsonObject { ["value"] = 1 };

        Assert.Equivalent(message, json.Deserialize<T>(format), strict: true);
    }

    private static void ArrivesBare<T>(T message, JsonSerializerOptions format)
    {
        var json = JsonSerializer.SerializeToNode(message, format)!.AsObject();
        string[] required = [.. RequiredMembers(typeof(T)).Select(member => JsonName(member, format))];

        foreach (var optional in json.Select(member => member.Key).Except(required).ToList())
        {
            json.Remove(optional);
        }

        ArrivesAsItWasSent(json.Deserialize<T>(format), format);
    }

    private static void IsRefusedWithout<T>(T message, JsonSerializerOptions format)
    {
        foreach (var member in RequiredMembers(typeof(T)))
        {
            var json = JsonSerializer.SerializeToNode(message, format)!.AsObject();

            Assert.True(json.Remove(JsonName(member, format)));
            Assert.Throws<JsonException>(() => json.Deserialize<T>(format));
        }
    }

    private static void Check(Type message, string property) =>
        typeof(MessageJsonTests)
            .GetMethod(nameof(CheckAny), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(message)
            .Invoke(null, [property]);

    private static void CheckAny<T>(string property)
    {
        var holds = typeof(MessageJsonTests).GetMethod(property, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(T))
            .CreateDelegate<Action<T, JsonSerializerOptions>>();

        Prop.ForAll(Values.ArbFor<T>(), message => Assert.All(Formats, format => holds(message, format)))
            .QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> RequiredMembers(Type type) =>
        type.GetProperties()
            .Where(property => property.IsDefined(typeof(RequiredMemberAttribute)))
            .Select(property => property.Name);

    private static string JsonName(string member, JsonSerializerOptions format) =>
        format.PropertyNamingPolicy?.ConvertName(member) ?? member;
}
