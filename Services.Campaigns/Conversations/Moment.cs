using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Services.Campaigns;

/// <summary>A place in a list that is in the order of time; the id parts what happened at the same instant.</summary>
internal readonly record struct Moment(DateTimeOffset At, Guid Id) : IParsable<Moment>
{
    public static Moment Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException("This is no place in a list.");

    public static bool TryParse(
        [NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Moment result)
    {
        result = default;
        if (s?.Split('_') is not [var ticks, var id]
            || !long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || at > DateTimeOffset.MaxValue.UtcTicks || !Guid.TryParse(id, out var guid))
        {
            return false;
        }

        result = new(new(at, TimeSpan.Zero), guid);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.UtcTicks}_{Id:N}");
}
