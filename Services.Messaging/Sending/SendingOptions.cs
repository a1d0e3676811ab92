namespace Services.Messaging;

/// <summary>The pace of sending and the limits of a call: section <c>Sending</c>.</summary>
internal sealed class SendingOptions
{
    /// <summary>
    /// Strict mode: the least time between the end of one call and the start of the sender's next. This and the rate are
    /// the main sender's, and those of others without a pace of their own.
    /// </summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Fast mode: messages a second per sender. Set, it replaces <see cref="MinInterval"/>.</summary>
    public double? RatePerSecond { get; set; }

    /// <summary>Those beside the main one (<c>Sandbox__Number</c>).</summary>
    public List<Sender> Senders { get; set; } = [];

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

    /// <summary>A claim without an answer after this long has lost its process.</summary>
    public TimeSpan Overdue => StartLimit + CallLimit + TimeSpan.FromSeconds(3);

    /// <summary>
    /// Orders that this process takes at once. With several senders as many as may be out: however many of them wait for
    /// the slots of one, they keep back none of another's.
    /// </summary>
    public int Concurrency =>
        Senders.Count == 0 ? Common.Concurrency : Common.Orders + Senders.Sum(sender => For(sender.Number).Orders);

    private Pace Common => new(MinInterval, RatePerSecond, CallLimit);

    /// <summary>The pace of a sender: its own, else the common one.</summary>
    public Pace For(string sender) => Senders.Find(one => one.Number == sender) switch
    {
        { RatePerSecond: { } rate } => Common with { RatePerSecond = rate },
        { MinInterval: { } interval } => Common with { MinInterval = interval, RatePerSecond = null },
        _ => Common,
    };

    public static void Register(IServiceCollection services) =>
        services.AddOptions<SendingOptions>().BindConfiguration("Sending")
            .Validate(
                options => options.MinInterval >= TimeSpan.Zero && options.MinInterval <= TimeSpan.FromHours(1),
                "Sending__MinInterval must lie between 00:00:00 and 01:00:00, e.g. 00:00:03.")
            .Validate(
                options => options.RatePerSecond is null or (>= 0.01 and <= 1000),
                "Sending__RatePerSecond must lie between 0.01 and 1000; leave it out for strict mode.")
            .Validate(
                options => options.Senders.TrueForAll(sender => sender is
                {
                    Number.Length: > 0, RatePerSecond: null or (>= 0.01 and <= 1000),
                } && (sender.MinInterval ?? TimeSpan.Zero) is var own
                    && own >= TimeSpan.Zero && own <= TimeSpan.FromHours(1))
                    && options.Senders.DistinctBy(sender => sender.Number).Count() == options.Senders.Count,
                "Sending__Senders must each have a Number of their own, and either a RatePerSecond from 0.01 to 1000, a "
                + "MinInterval from 00:00:00 to 01:00:00, or neither.")
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

    internal sealed record Sender
    {
        /// <summary>In E.164.</summary>
        public string Number { get; set; } = "";

        /// <summary>Its own, in strict mode.</summary>
        public TimeSpan? MinInterval { get; set; }

        /// <summary>Its own, in fast mode. Neither: the common pace.</summary>
        public double? RatePerSecond { get; set; }
    }
}
