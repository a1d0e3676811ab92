using System.ComponentModel.DataAnnotations;

namespace Services.Campaigns;

/// <summary>The senders' limits (section <c>Sending</c>): Messaging keeps them, Campaigns plans and shows by them.</summary>
internal sealed record SendingOptions
{
    /// <summary>Strict mode: the least time between two sends.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Sending:MinInterval is a time span from 00:00:00 to 01:00:00, such as 00:00:03.")]
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Fast mode: messages per second; set, it replaces <see cref="MinInterval"/>.</summary>
    [Range(0.01, 1000,
        ErrorMessage = "Sending:RatePerSecond is a number from 0.01 to 1000; leave it empty for strict mode.")]
    public double? RatePerSecond { get; set; }

    /// <summary>How many messages each sender may begin in a day (UTC); null: as many as the provider takes.</summary>
    [Range(1, int.MaxValue,
        ErrorMessage = "Sending:PerDay is a number of messages from 1; leave it empty for no limit.")]
    public int? PerDay { get; set; }

    /// <summary>Those beside the main one (<see cref="SandboxOptions.Number"/>).</summary>
    public List<Sender> Senders { get; set; } = [];

    /// <summary>The main sender's, and that of others without one of their own.</summary>
    public Pace Pace => new(MinInterval, RatePerSecond);

    /// <summary>Whether each of them is one, and its own pace, if it has one, can be.</summary>
    public bool SendersCanBe => Senders.TrueForAll(sender =>
            PhoneNumber.TryParse(sender.Number, out var number, out _) && number.Value == sender.Number
            && sender.RatePerSecond is null or (>= 0.01 and <= 1000)
            && sender.MinInterval is null or { Ticks: >= 0 and <= TimeSpan.TicksPerHour })
        && Senders.DistinctBy(sender => sender.Number).Count() == Senders.Count;

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
