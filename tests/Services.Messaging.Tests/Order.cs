using System.Globalization;
using Contracts;

namespace Services.Messaging.Tests;

/// <summary>Valid orders, each of a message, to a person and from a sender of its own.</summary>
internal static class Order
{
    public const string ContentSid = "HXb5b62575e6e4ff6129ad7c8efe1f983e";

    public static SendMessage Text(string text) => New() with { Text = text };

    public static SendMessage Template(Dictionary<string, string> variables) =>
        New() with { Template = new(ContentSid, variables) };

    public static string Number() =>
        "+33" + Random.Shared.NextInt64(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture);

    private static SendMessage New() => new()
    {
        MessageId = Guid.CreateVersion7(),
        Attempt = 1,
        RetriesUsed = 0,
        From = Number(),
        To = Number(),
        ExpiresAt = TimeProvider.System.GetUtcNow().AddSeconds(20),
    };
}
