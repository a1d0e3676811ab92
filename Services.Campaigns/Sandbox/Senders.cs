using Microsoft.Extensions.Options;

namespace Services.Campaigns;

/// <summary>The numbers that send: the main one, and those beside it, each at its own pace.</summary>
internal sealed class Senders(IOptions<SandboxOptions> sandbox, IOptions<SendingOptions> sending)
{
    private readonly Dictionary<string, Pace> _others = sending.Value.Senders.ToDictionary(
        sender => sender.Number,
        sender => (sender.RatePerSecond, sender.MinInterval) switch
        {
            ({ } rate, _) => sending.Value.Pace with { RatePerSecond = rate },
            (_, { } interval) => new(interval, null),
            _ => sending.Value.Pace,
        });

    public string Main => sandbox.Value.Number;

    /// <summary>How many messages each of them may begin in a day; null: any number.</summary>
    public int? PerDay => sending.Value.PerDay;

    public IEnumerable<string> All => [Main, .. _others.Keys];

    /// <summary>
    /// What each sender sends by itself, so that a slow one holds up no other; what names none of them is the main one's.
    /// </summary>
    public IEnumerable<Share> Shares => _others.Select(other => new Share(other.Value, other.Key, []))
        .Prepend(new(sending.Value.Pace, null, [.. _others.Keys]));

    public Pace PaceOf(string? sender) =>
        sender is not null && _others.TryGetValue(sender, out var pace) ? pace : sending.Value.Pace;

    /// <summary>The number if it is one of those beside the main one; else null, which is the main one.</summary>
    public string? Other(string? number) => number is not null && _others.ContainsKey(number) ? number : null;

    /// <summary>The number that sends for it; what names none of ours is the main one's.</summary>
    public string NumberOf(string? sender) => Other(sender) ?? Main;

    /// <summary>When so many messages have left, if nothing but the sender's limits and quiet hours holds them up.</summary>
    /// <param name="campaign">Whose; null: one that would begin now.</param>
    /// <param name="start">When the first may leave.</param>
    /// <param name="messages">How many.</param>
    /// <param name="begun">How many others the sender has begun on that day.</param>
    /// <param name="regions">See <see cref="Campaign.EndOf"/>.</param>
    public DateTimeOffset EndOf(
        Campaign? campaign, DateTimeOffset start, long messages, int begun, IEnumerable<string>? regions)
    {
        var pace = PaceOf(campaign?.Sender);
        var today = Math.Min(messages, PerDay is { } most ? Fitting(start, Math.Max(0, most - begun)) : messages);
        if (today == messages)
        {
            return After(start, messages);
        }

        // Each day that follows is taken for one like the next, and the last one has what is left.
        var (tomorrow, left) = (SenderDay.EndOf(start), messages - today);
        var aDay = Math.Max(1, Fitting(tomorrow, PerDay!.Value));
        var days = (left - 1) / aDay;
        return After(tomorrow.AddDays(days), left - (days * aDay));

        DateTimeOffset After(DateTimeOffset from, long count)
        {
            var work = TimeSpan.FromSeconds(Math.Ceiling(count / pace.PerSecond));
            return campaign?.EndOf(from, work, regions) ?? from + work;
        }

        long Fitting(DateTimeOffset from, long limit)
        {
            var (fits, doesNot) = (0L, Math.Min(limit, (long)(TimeSpan.SecondsPerDay * pace.PerSecond)) + 1);
            while (doesNot - fits > 1)
            {
                var middle = (fits + doesNot) / 2;
                (fits, doesNot) = After(from, middle) <= SenderDay.EndOf(from) ? (middle, doesNot) : (fits, middle);
            }

            return fits;
        }
    }

    /// <summary>The messages of a sender.</summary>
    /// <param name="Pace">Its limit.</param>
    /// <param name="Sender">Null: the main one.</param>
    /// <param name="Others">Which are not the main one's.</param>
    internal sealed record Share(Pace Pace, string? Sender, string[] Others)
    {
        /// <summary>What <see cref="Condition"/> compares with.</summary>
        public object Value => (object?)Sender ?? Others;

        /// <summary>With a single sender it holds of all, and costs nothing.</summary>
        /// <param name="sender">SQL: what the row names, if anything.</param>
        /// <param name="value">The parameter with <see cref="Value"/>.</param>
        public string Condition(string sender, string value) => (Sender, Others) switch
        {
            (not null, _) => $"{sender} = {value}",
            (_, []) => "true",
            _ => $"coalesce({sender} <> all({value}), true)",
        };
    }
}
