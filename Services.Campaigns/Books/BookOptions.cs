using System.ComponentModel.DataAnnotations;

namespace Services.Campaigns;

/// <summary>When and how the books are checked (section <c>Books</c>).</summary>
internal sealed record BookOptions
{
    /// <summary>When all campaigns are checked every night, in UTC; empty: never by itself.</summary>
    public TimeOnly? CheckAt { get; set; } = new(3, 0);

    /// <summary>
    /// How far back a check of all campaigns reads the provider's list. A check of one campaign reads it since its
    /// creation.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "400.00:00:00",
        ErrorMessage = "Books:ProviderWindow is a time span from 00:00:00 to 400.00:00:00, such as 2.00:00:00.")]
    public TimeSpan ProviderWindow { get; set; } = TimeSpan.FromDays(2);

    /// <summary>What has changed within this time may be on its way from one book to the other.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00",
        ErrorMessage = "Books:Settling is a time span from 00:00:00 to 01:00:00, such as 00:00:30.")]
    public TimeSpan Settling { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The next nightly check after <paramref name="now"/>.</summary>
    public DateTimeOffset? NextCheck(DateTimeOffset now) =>
        CheckAt is not { } at ? null
        : new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) + at.ToTimeSpan() is var today && today > now ? today
        : today.AddDays(1);
}
