using System.Globalization;

namespace ProviderEmulator;

/// <summary>How a call of a webhook failed.</summary>
[Flags]
internal enum WebhookFailure
{
    None = 0,
    Connection = 1,
    ReadTimeout = 2,
    ClientError = 4,
    ServerError = 8,
    All = Connection | ReadTimeout | ClientError | ServerError,
}

/// <summary>
/// What a webhook's URL asks for in its fragment, as in <c>#rc=3&amp;rp=ct,rt,5xx&amp;rt=8000</c>. Without one a call
/// is repeated once, and only if the connection failed.
/// https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
/// </summary>
internal sealed record ConnectionOverrides(
    int Retries, WebhookFailure Policy, TimeSpan ConnectTimeout, TimeSpan ReadTimeout, TimeSpan TotalTimeout)
{
    /// <summary>
    /// Of providers whose webhooks' addresses ask for nothing: whatever fails is repeated, after ever longer pauses;
    /// here for a minute, where Meta goes on for days. Gupshup waits 10 s for an answer.
    /// https://docs.gupshup.io/docs/webhook-key-points
    /// </summary>
    public static readonly ConnectionOverrides Persistent = new(
        6, WebhookFailure.All, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2))
    {
        Pause = TimeSpan.FromSeconds(1),
    };

    /// <summary>Before the first repeat; before each further one twice as long.</summary>
    public TimeSpan Pause { get; init; }

    public static ConnectionOverrides Parse(string fragment)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in fragment.TrimStart('#').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            {
                given[part[..at]] = part[(at + 1)..];
            }
        }

        return new ConnectionOverrides(
            Number("rc", 1, 0, 5),
            given.TryGetValue("rp", out var policy) ? Failures(policy) : WebhookFailure.Connection,
            TimeSpan.FromMilliseconds(Number("ct", 5000, 100, 10000)),
            TimeSpan.FromMilliseconds(Number("rt", 15000, 100, 15000)),
            TimeSpan.FromMilliseconds(Number("tt", 15000, 100, 15000)));

        int Number(string name, int otherwise, int least, int most) =>
            int.TryParse(given.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Math.Clamp(number, least, most)
                : otherwise;
    }

    private static WebhookFailure Failures(string policy) => policy.Split(',').Aggregate(
        WebhookFailure.None,
        (failures, word) => failures | word switch
        {
            "ct" => WebhookFailure.Connection,
            "rt" => WebhookFailure.ReadTimeout,
            "4xx" => WebhookFailure.ClientError,
            "5xx" => WebhookFailure.ServerError,
            "all" => WebhookFailure.All,
            _ => WebhookFailure.None,
        });
}
