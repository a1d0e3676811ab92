using System.Globalization;

namespace Services.Campaigns.Tests;

public class CountryTests
{
    [Theory]
    [InlineData("FR", "06 12 34 56 78", "+33612345678")]
    [InlineData("FR", "612345678", "+33612345678")] // a spreadsheet took the 0 for a number's
    [InlineData("FR", "33612345678", "+33612345678")] // and here the plus sign
    [InlineData("fr", "+44 7911 123456", "+447911123456")]
    [InlineData("FR", "0044 7911 123456", "+447911123456")]
    [InlineData("US", "(415) 523-8886", "+14155238886")]
    [InlineData("US", "1 415 523 8886", "+14155238886")]
    [InlineData("CI", "0712345678", "+2250712345678")]
    [InlineData("DE", "0151 23456789", "+4915123456789")]
    [InlineData("BE", "0470 12 34 56", "+32470123456")]
    [InlineData("IT", "06 1234 5678", "+390612345678")]
    [InlineData("IT", "347 123 4567", "+393471234567")]
    [InlineData("PL", "512 345 678", "+48512345678")]
    [InlineData("JP", "090-1234-5678", "+819012345678")]
    [InlineData("BJ", "01 97 12 34 56", "+2290197123456")]
    public void A_national_number_is_one_of_the_country_that_was_named(string country, string text, string expected)
    {
        Assert.True(PhoneNumber.TryParse(text, Country.Find(country), out var number, out _));
        Assert.Equal(expected, number.Value);
    }

    [Theory]
    [InlineData("US", "06 12 34 56 78")]
    [InlineData("FR", "415 523 8886")]
    [InlineData("FR", "12")]
    [InlineData("ES", "0612345678")]
    public void A_number_that_the_country_does_not_have_is_refused(string country, string text)
    {
        Assert.False(PhoneNumber.TryParse(text, Country.Find(country), out _, out var remedy));
        Assert.Contains("international form", remedy.English, StringComparison.Ordinal);
    }

    [Fact]
    public void No_country_code_is_the_beginning_of_another_one() =>
        Assert.DoesNotContain(Country.All, one => Country.All.Any(other =>
            other != one && other.Code.StartsWith(one.Code, StringComparison.Ordinal)));

    [Fact]
    public void Every_country_is_found_by_its_code_and_lives_by_clocks_that_are_known() =>
        Assert.All(Country.All, country =>
        {
            Assert.Same(country, Country.Of($"{country.Code}123456789"));
            Assert.InRange(country.Least, 4, country.Most);
            Assert.Equal(country.Iana.Split(' '), Region.ZonesOf(country.Code).Select(zone => zone.Id));
        });

    [Fact]
    public void Whoever_imports_can_choose_among_the_countries_that_are_known()
    {
        var names = ListCountries.Handle().Value!;

        Assert.Contains("FR", names);
        Assert.All(names, name => Assert.NotNull(Country.Find(name)));
        Assert.All(names, name => Assert.NotEmpty(new RegionInfo(name).DisplayName)); // as the page shows them
        Assert.Equal(Country.All.Sum(country => country.Names.Count), names.Distinct().Count());
    }
}
