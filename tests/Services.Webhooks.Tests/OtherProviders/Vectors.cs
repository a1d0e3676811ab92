using System.Globalization;
using System.Text.Json.Nodes;
using Contracts;

namespace Services.Webhooks.Tests;

/// <summary>Calls of a provider with what they tell: <c>Vectors/provider/index.json</c>.</summary>
internal static class Vectors
{
    public static JsonNode Index(string provider) => JsonNode.Parse(Read(provider, "index.json"))!;

    public static byte[] Read(string provider, string file) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", provider, file));

    public static IEnumerable<TheoryDataRow<string>> Files(string provider) =>
        Index(provider)["vectors"]!.AsArray().Select(vector => new TheoryDataRow<string>((string)vector!["file"]!));

    public static JsonNode Of(string provider, string file) =>
        Index(provider)["vectors"]!.AsArray().Single(vector => (string)vector!["file"]! == file)!;

    /// <summary>What the index does not mention is not compared; what it says is null must not be there.</summary>
    public static void AssertTold(JsonNode vector, IReadOnlyList<WebhookEvent> told)
    {
        var expected = vector["expected"]!.AsArray();
        Assert.Equal(expected.Count, told.Count);
        foreach (var (one, @event) in expected.Zip(told))
        {
            var found = Describe(@event);
            foreach (var (name, value) in one!.AsObject().Where(pair => found.ContainsKey(pair.Key)))
            {
                Assert.Equal((name, Plain(name, value)), (name, Plain(name, found[name])));
            }

            Assert.Equal((string)one["kind"]!, (string)found["kind"]!);
        }
    }

    private static JsonObject Describe(WebhookEvent told) => told switch
    {
        WebhookEvent.Incoming { Event: var m } => new()
        {
            ["kind"] = "message",
            ["provider_message_id"] = Guid.TryParse(m.ProviderMessageId, out _) ? null : m.ProviderMessageId, // made up
            ["from"] = m.From.StartsWith('+') ? m.From : null,
            ["from_user_id"] = m.From.StartsWith('+') ? null : m.From,
            ["to"] = m.To,
            ["profile_name"] = m.ProfileName,
            ["text"] = m.Text.Length == 0 ? null : m.Text,
            ["button_payload"] = m.ButtonPayload,
            ["timestamp"] = Instant(m.ReceivedAt),
        },
        WebhookEvent.Status { Event: var s } => new()
        {
            ["kind"] = "status",
            ["status"] = s.Status.ToString().ToLowerInvariant(),
            ["correlate_with"] = s.Status == DeliveryStatus.Queued || s.AlternativeId is null
                ? [s.ProviderMessageId]
                : new JsonArray(s.ProviderMessageId, s.AlternativeId),
            ["whatsapp_message_id"] = s.AlternativeId,
            ["error_code"] = s.ErrorCode,
            ["timestamp"] = Instant(s.ReceivedAt),
        },
        _ => new() { ["kind"] = "ignored" },
    };

    private static string? Plain(string name, JsonNode? value) => name == "timestamp"
        ? Instant(DateTimeOffset.Parse((string)value!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal))
        : value?.ToJsonString();

    private static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("s", CultureInfo.InvariantCulture);
}
