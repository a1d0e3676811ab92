namespace Services.Campaigns;

/// <summary>
/// A country's numbers: what its numbering plan says, to tell a typing error and to complete a national number, and its
/// clocks.
/// </summary>
/// <param name="Code">The country code.</param>
/// <param name="Least">The fewest digits after it.</param>
/// <param name="Most">The most digits after it.</param>
/// <param name="TrunkZero">
/// A 0 is dialled before the number inside the country and never after the country code, so that +33 06… can only mean
/// +33 6…. (Italy keeps its 0, for example.)
/// </param>
/// <param name="Iso">Its ISO 3166 names: FR. Several, with spaces between them, where countries share a plan.</param>
/// <param name="Iana">Its time zones, likewise; where most people live comes first.</param>
internal sealed partial record Country(
    string Code, int Least, int Most, bool TrunkZero, string Iso, string Iana)
{
    public string Name => Names[0];

    public IReadOnlyList<string> Names { get; } = Iso.Split(' ');

    public static Country? Find(string? name) =>
        All.FirstOrDefault(country => country.Names.Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whose number these international digits are.</summary>
    public static Country? Of(ReadOnlySpan<char> digits)
    {
        // A code has three digits at most. A large import comes here for every row.
        for (var count = 1; count <= 3 && count <= digits.Length; count++)
        {
            if (Codes.TryGetValue(digits[..count], out var country))
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

    // Only these countries have numbers that begin with 0; in North America none begins with 1 either.
    private bool Begins(string digits) => digits.Length > 0
        && (digits[0] != '0' || Code is "39" or "225" or "229" or "241" or "242" or "378")
        && !(Code == "1" && digits[0] == '1');
}
