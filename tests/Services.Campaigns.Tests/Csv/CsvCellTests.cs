using FsCheck;
using FsCheck.Fluent;

namespace Services.Campaigns.Tests;

public class CsvCellTests
{
    private static readonly char[] Formula = [.. "=+-@\t\r\n＝＋－＠"];

    // Signs that mean something here come often.
    private static readonly Arbitrary<string> Cells = Gen.Elements("'=+-@\t\r\n＝＋－＠a ,\";".ToCharArray()).ArrayOf()
        .Select(letters => new string(letters)).ToArbitrary();

    [Fact]
    public void A_neutralised_cell_never_begins_like_a_formula() =>
        Prop.ForAll(Cells, cell => CsvCell.Neutralise(cell) is [] || !Formula.Contains(CsvCell.Neutralise(cell)[0]))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Every_cell_can_be_restored() =>
        Prop.ForAll(Cells, cell => CsvCell.Restore(CsvCell.Neutralise(cell)) == cell).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("'t Hooft")]
    [InlineData("'")]
    [InlineData("O'Neil")]
    public void An_apostrophe_that_is_a_letter_stays(string cell) => Assert.Equal(cell, CsvCell.Restore(cell));
}
