namespace Services.Campaigns;

/// <summary>
/// A country whose numbering plan is known well enough to tell a typing error, and to complete a national number.
/// </summary>
/// <param name="Code">The country code.</param>
/// <param name="Least">The fewest digits after it.</param>
/// <param name="Most">The most digits after it.</param>
/// <param name="TrunkZero">
/// A 0 is dialled before the number inside the country and never after the country code, so that +33 06… can only mean
/// +33 6…. (Italy keeps its 0, for example.)
/// </param>
/// <param name="Names">Its ISO 3166 names: FR. Several where countries share a plan.</param>
internal sealed record Country(string Code, int Least, int Most, bool TrunkZero, params string[] Names)
{
    /// <summary>No code is the beginning of another one.</summary>
    public static readonly IReadOnlyList<Country> All =
    [
        new("1", 10, 10, false, "US", "CA"), new("7", 10, 10, false, "RU", "KZ"), new("31", 9, 9, true, "NL"),
        new("32", 8, 9, true, "BE"), new("33", 9, 9, true, "FR"), new("34", 9, 9, false, "ES"),
        new("41", 9, 9, true, "CH"), new("44", 9, 10, true, "GB"), new("49", 6, 13, true, "DE"),
        new("52", 10, 11, false, "MX"), new("55", 10, 11, true, "BR"), new("91", 10, 10, true, "IN"),
        new("212", 9, 9, true, "MA"), new("213", 8, 9, true, "DZ"), new("216", 8, 8, false, "TN"),
        new("221", 9, 9, false, "SN"), new("223", 8, 8, false, "ML"), new("225", 10, 10, false, "CI"),
        new("226", 8, 8, false, "BF"), new("237", 9, 9, false, "CM"), new("262", 9, 9, true, "RE", "YT"),
        new("351", 9, 9, false, "PT"), new("352", 4, 11, false, "LU"), new("590", 9, 9, true, "GP"),
        new("594", 9, 9, true, "GF"), new("596", 9, 9, true, "MQ"),
    ];

    private static readonly Country[] Known = [.. All];

    public string Name => Names[0];

    public static Country? Find(string? name) =>
        All.FirstOrDefault(country => country.Names.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whose number these international digits are.</summary>
    public static Country? Of(string digits)
    {
        // A loop, not LINQ: a large import comes here for every row.
        foreach (var country in Known)
        {
            if (digits.StartsWith(country.Code, StringComparison.Ordinal))
            {
                return country;
            }
        }

        return null;
    }

    /// <summary>
    /// The international digits of a number written as inside the country, or as a spreadsheet leaves it when it takes
    /// the + or the first 0 away; null if it can be neither.
    /// </summary>
    public string? Complete(string digits) =>
        TrunkZero && digits is ['0', ..] && Takes(digits.Length - 1) ? Code + digits[1..]
        : Begins(digits) && Takes(digits.Length) ? Code + digits
        : digits.StartsWith(Code, StringComparison.Ordinal) && Takes(digits.Length - Code.Length) ? digits
        : null;

    public bool Takes(int count) => count >= Least && count <= Most;

    // Of these countries only Ivory Coast has numbers that begin with 0; in North America none begins with 1 either.
    private bool Begins(string digits) => digits.Length > 0
        && (digits[0] != '0' || Code == "225") && !(Code == "1" && digits[0] == '1');
}
