using Microsoft.AspNetCore.Http.HttpResults;

namespace Services.Campaigns;

/// <summary>Whose national numbers can be completed, by their ISO 3166 names: what <c>country</c> of an import takes.</summary>
internal static class ListCountries
{
    public static Ok<List<string>> Handle() =>
        TypedResults.Ok(Country.All.SelectMany(country => country.Names).Order(StringComparer.Ordinal).ToList());
}
