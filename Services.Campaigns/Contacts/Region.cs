namespace Services.Campaigns;

/// <summary>
/// By which clocks a person lives, as far as the beginning of their number tells: a country's code, or a few digits
/// more where the rest of the country is half a world away. A message of a campaign whose quiet hours are each person's
/// own carries its region (<c>messages.region</c>), so that the feed can leave out those for whom it is quiet without
/// looking at them.
/// </summary>
internal static class Region
{
    /// <summary>The number tells nothing: the campaign's own zone counts.</summary>
    public const string Unknown = "";

    /// <summary>Parts of a country's numbers with clocks of their own.</summary>
    private static readonly Dictionary<string, string> Apart = new()
    {
        ["1670"] = "Pacific/Guam", // the Northern Mariana Islands
        ["1671"] = "Pacific/Guam",
        ["1684"] = "Pacific/Pago_Pago",
        ["76"] = "Asia/Almaty", // Kazakhstan; the other numbers with 7 are Russian
        ["77"] = "Asia/Almaty",
    };

    private static readonly Dictionary<string, TimeZoneInfo[]> Zones = Country.All
        .Select(country => (Prefix: country.Code, Names: country.Iana))
        .Concat(Apart.Select(part => (Prefix: part.Key, Names: part.Value)))
        .ToDictionary(region => region.Prefix, region => region.Names.Split(' ')
            // A machine whose list of zones is older than ours knows the others.
            .Select(name => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null)
            .OfType<TimeZoneInfo>().ToArray());

    public static IEnumerable<string> All => Zones.Keys;

    /// <summary>Several where the number does not tell which of them; none if it tells nothing.</summary>
    public static IReadOnlyList<TimeZoneInfo> ZonesOf(string region) => Zones.GetValueOrDefault(region) ?? [];

    /// <summary>
    /// An SQL expression: the region of an international number with its plus sign, the longest that fits.
    /// </summary>
    public static string Sql(string phone, SqlParameters values) =>
        "case " + string.Concat(Zones.Keys.GroupBy(region => region.Length).OrderByDescending(group => group.Key)
            .Select(group => (Digits: $"substr({phone}, 2, {group.Key})", Regions: values.Add(group.ToArray())))
            .Select(part => $"when {part.Digits} = any({part.Regions}) then {part.Digits} "))
        + $"else '{Unknown}' end";
}
