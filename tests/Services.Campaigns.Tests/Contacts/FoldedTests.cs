using System.Text;
using ServiceDefaults;

namespace Services.Campaigns.Tests;

/// <summary>Names of new contacts are folded by us, those that change by the database: it has to be the same.</summary>
[Collection(CampaignsApp.Name)]
public class FoldedTests(CampaignsApp app)
{
    /// <summary>Where Unicode has been full for long: elsewhere the versions that the two know may differ.</summary>
    [Theory]
    [InlineData(0x1, 0xA7BF)]
    [InlineData(0xF900, 0xFFFD)]
    [InlineData(0x1D400, 0x1D7FF)]
    public async Task Each_letter_is_folded_as_the_database_folds_it(int first, int last)
    {
        await using var command = app.Database.Command(
            "select n, fold(chr(n)) from generate_series($1, $2) n", first, last);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var others = new List<string>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            var (letter, folded) = (new Rune(reader.GetInt32(0)).ToString(), reader.GetString(1));
            if (Folded.Of(letter) != folded)
            {
                others.Add($"{letter} (U+{reader.GetInt32(0):X}): {Folded.Of(letter)}, by the database {folded}");
            }
        }

        Assert.Empty(others);
    }

    [Theory]
    [InlineData("Ἀθηνᾶ ΟΔΟΣ")]
    [InlineData("Z\u0327\u0308oé ﬁ Ⅳ İ")]
    [InlineData("각 한글 한")]
    [InlineData("👩‍🚀 Ñandú")]
    public async Task A_text_is_folded_as_the_database_folds_it(string text)
    {
        await using var command = app.Database.Command("select fold($1)", text);

        Assert.Equal(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), Folded.Of(text));
    }
}
