namespace Services.Messaging;

/// <summary>The pace of sending and the limits of a call: section <c>Sending</c>.</summary>
internal sealed class SendingOptions
{
    /// <summary>Strict mode: the least time between the end of one call and the start of the sender's next.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Fast mode: messages a second per sender. Set, it replaces <see cref="MinInterval"/>.</summary>
    public double? RatePerSecond { get; set; }

    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Longest time for one whole call, from connecting to the last byte of the answer.</summary>
    public TimeSpan CallLimit { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an unknown outcome may wait for a callback before the provider is asked.</summary>
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Between two questions of this process to the provider.</summary>
    public TimeSpan ReconcilePause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an outcome may stay unknown that only a report can settle, for the provider keeps no list. Then the
    /// message has failed as unconfirmed.
    /// </summary>
    public TimeSpan UnconfirmedAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long a message may be without its last status before the provider is asked for it; then again after 5, 30,
    /// 60, 90… times as long, up to 720 times: 2 min, 10 min, 1 h, and every hour of a day.
    /// </summary>
    public TimeSpan AskAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two self-tests of the webhook through its public address.</summary>
    public TimeSpan SelfTestPause { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>While webhooks do not reach us: between two looks for what they would have told.</summary>
    public TimeSpan RecoverPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A call that has not begun this long after its slot is not made: the process was frozen. In strict mode the slot
    /// is held for as long.
    /// </summary>
    public static TimeSpan StartLimit => TimeSpan.FromSeconds(2);

    /// <summary>
    /// A call may leave this much later than its slot says. In fast mode one that is later moves its slot:
    /// <see cref="Period"/> has room for this much and the way to the provider.
    /// </summary>
    public TimeSpan Lateness => Strict ? StartLimit : TimeSpan.FromMilliseconds(20);

    public bool Strict => RatePerSecond is null;

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
    public TimeSpan Hold => Strict ? StartLimit + CallLimit + Spacing : Spacing;

    /// <summary>How far ahead a start may be reserved, so that the way to the database costs no slots.</summary>
    public TimeSpan LookAhead => Strict ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100);

    /// <summary>A start further ahead than this can only come from a clock put back.</summary>
    public TimeSpan Far => LookAhead + Hold + Spacing + TimeSpan.FromSeconds(1);

    /// <summary>A claim without an answer after this long has lost its process.</summary>
    public TimeSpan Overdue => StartLimit + CallLimit + TimeSpan.FromSeconds(3);

    /// <summary>Calls under way at once: enough for the rate while a call takes up to 0.6 s.</summary>
    public int Concurrency => RatePerSecond is { } rate ? (int)Math.Ceiling(rate * 0.6) : 1;

    /// <summary>
    /// Orders of one sender that ask for a slot at once. One by one they do not stampede; at rates where a commit may
    /// take longer than the spacing, a few go together.
    /// </summary>
    public int Lanes => 1 + (int)((RatePerSecond ?? 0) / 25);

    public static void Register(IServiceCollection services) =>
        services.AddOptions<SendingOptions>().BindConfiguration("Sending")
            .Validate(
                options => options.MinInterval >= TimeSpan.Zero && options.MinInterval <= TimeSpan.FromHours(1),
                "Sending__MinInterval must lie between 00:00:00 and 01:00:00, e.g. 00:00:03.")
            .Validate(
                options => options.RatePerSecond is null or (>= 0.01 and <= 1000),
                "Sending__RatePerSecond must lie between 0.01 and 1000; leave it out for strict mode.")
            .Validate(
                options => options.RetryBaseDelay > TimeSpan.Zero && options.RetryBaseDelay <= TimeSpan.FromDays(1),
                "Sending__RetryBaseDelay must be greater than 00:00:00 and at most a day, e.g. 00:01:00.")
            .Validate(
                options => options.CallLimit > TimeSpan.Zero && options.CallLimit <= TimeSpan.FromMinutes(1),
                "Sending__CallLimit must be greater than 00:00:00 and at most 00:01:00, e.g. 00:00:05.")
            .Validate(
                options => options.ReconcileAfter > TimeSpan.Zero && options.ReconcileAfter <= TimeSpan.FromHours(1),
                "Sending__ReconcileAfter must be greater than 00:00:00 and at most 01:00:00, e.g. 00:00:15.")
            .Validate(
                options => options.ReconcilePause > TimeSpan.Zero && options.ReconcilePause <= TimeSpan.FromMinutes(1),
                "Sending__ReconcilePause must be greater than 00:00:00 and at most 00:01:00, e.g. 00:00:01.")
            .Validate(
                options => options.UnconfirmedAfter >= options.Overdue
                    && options.UnconfirmedAfter <= TimeSpan.FromDays(7),
                "Sending__UnconfirmedAfter must lie between the longest call and 7 days, e.g. 1.00:00:00.")
            .Validate(
                options => options.AskAfter > TimeSpan.Zero && options.AskAfter <= TimeSpan.FromHours(1),
                "Sending__AskAfter must be greater than 00:00:00 and at most 01:00:00, e.g. 00:02:00.")
            .Validate(
                options => options.SelfTestPause > TimeSpan.Zero && options.SelfTestPause <= TimeSpan.FromHours(1),
                "Sending__SelfTestPause must be greater than 00:00:00 and at most 01:00:00, e.g. 00:00:30.")
            .Validate(
                options => options.RecoverPause > TimeSpan.Zero && options.RecoverPause <= TimeSpan.FromHours(1),
                "Sending__RecoverPause must be greater than 00:00:00 and at most 01:00:00, e.g. 00:00:10.")
            .ValidateOnStart();
}
