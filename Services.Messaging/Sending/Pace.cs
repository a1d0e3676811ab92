namespace Services.Messaging;

/// <summary>What follows from the rate of one sender.</summary>
/// <param name="MinInterval">Strict mode: the least time between the end of one call and the start of the next.</param>
/// <param name="RatePerSecond">Fast mode: messages a second. Set, it replaces the interval.</param>
/// <param name="CallLimit">Longest time for one whole call.</param>
internal readonly record struct Pace(TimeSpan MinInterval, double? RatePerSecond, TimeSpan CallLimit)
{
    public bool Strict => RatePerSecond is null;

    /// <summary>
    /// A call may leave this much later than its slot says. In fast mode one that is later moves its slot:
    /// <see cref="Period"/> has room for this much and the way to the provider.
    /// </summary>
    public TimeSpan Lateness => Strict ? SendingOptions.StartLimit : TimeSpan.FromMilliseconds(20);

    /// <summary>The least time between two starts. In fast mode it only keeps what was held up from leaving at once.</summary>
    public TimeSpan Spacing =>
        RatePerSecond is { } rate ? TimeSpan.FromSeconds(0.8 / rate) : MinInterval;

    /// <summary>
    /// In fast mode the starts of a sender stand in a ring of as many places as it may send in a second, and between two
    /// starts at one place lies a <see cref="Period"/>: so none of the windows of a second holds more.
    /// </summary>
    public int Places => Math.Max(1, (int)(RatePerSecond ?? 1));

    /// <summary>A second, or what one message takes at a lower rate; and room for delays on the way, 3.5 %.</summary>
    public TimeSpan Period =>
        RatePerSecond is { } rate ? TimeSpan.FromSeconds(1.035 * Math.Max(1, 1 / rate)) : TimeSpan.Zero;

    /// <summary>
    /// How far a claim moves the sender's slot. In strict mode past the end of the longest call: the end of the call
    /// itself moves it back, and if its process dies, the spacing holds all the same.
    /// </summary>
    public TimeSpan Hold => Strict ? SendingOptions.StartLimit + CallLimit + Spacing : Spacing;

    /// <summary>How far ahead a start may be reserved, so that the way to the database costs no slots.</summary>
    public TimeSpan LookAhead => Strict ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);

    /// <summary>A start further ahead than this can only come from a clock put back.</summary>
    public TimeSpan Far => LookAhead + Hold + Spacing + TimeSpan.FromSeconds(1);

    /// <summary>Calls under way at once: enough for the rate while a call takes up to 0.6 s.</summary>
    public int Concurrency => RatePerSecond is { } rate ? (int)Math.Ceiling(rate * 0.6) : 1;

    /// <summary>Orders that Campaigns has out at most: what leaves in a second.</summary>
    public int Orders => RatePerSecond is { } rate ? (int)Math.Ceiling(rate) : 1;

    /// <summary>
    /// Orders of one sender that ask for a slot at once. One by one they do not stampede; at rates where a commit may
    /// take longer than the spacing, a few go together.
    /// </summary>
    public int Lanes => 1 + (int)((RatePerSecond ?? 0) / 25);
}
