using System.Text;

namespace Services.Campaigns.Tests;

public class CsvSnifferTests
{
    private static readonly ImportWishes NoWishes = new(Country.Find("FR")!, null, [], false, [], false, null);

    [Theory]
    [InlineData("utf-8", true)]
    [InlineData("utf-8", false)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16be", true)]
    [InlineData("windows-1252", false)]
    public async Task The_encoding_is_found_with_and_without_a_byte_order_mark(string name, bool mark)
    {
        var encoding = TextEncodings.Get(name);
        byte[] file = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes("Prénom;Téléphone\r\nZoé;06\r\n")];

        var sniffed = (await ReadAsync(file))!;

        Assert.Equal(name, sniffed.Plan.Encoding);
        Assert.Equal(["Prénom", "Téléphone"], sniffed.Plan.Columns.Select(column => column.Name));
        Assert.Equal(["Zoé", "06"], sniffed.Samples.Single());
    }

    [Theory]
    [InlineData("phone,firstName", ',', "en")]
    [InlineData("Prénom;Nom;N° de téléphone", ';', "fr")]
    [InlineData("numero\tnom", '\t', "fr")]
    [InlineData("PHONE|Last name", '|', "en")]
    [InlineData("\"tel;\"\"a\";telephone", ';', null)]
    public async Task Delimiter_and_language_are_those_of_the_header(string header, char delimiter, string? language)
    {
        var sniffed = (await ReadAsync(Encoding.UTF8.GetBytes(header + "\n")))!;

        Assert.Equal((delimiter, language), (sniffed.Plan.Delimiter, sniffed.Plan.HeaderLanguage));
        Assert.Single(sniffed.Plan.Columns, column => column.Field == "phone");
    }

    [Fact]
    public async Task Other_columns_become_attributes_and_a_field_is_filled_once()
    {
        var sniffed = (await ReadAsync("phone,mobile,Ville,attributes.age, ,étiquettes\n"u8.ToArray()))!;

        Assert.Equal(
            ["phone", "ignore", "attributes.Ville", "attributes.age", "ignore", "tags"],
            sniffed.Plan.Columns.Select(column => column.Field));
    }

    [Fact]
    public async Task A_mapped_column_goes_before_those_that_are_known_by_name()
    {
        var wishes = NoWishes with { Map = [new("b", "phone"), new("c", "attributes.city"), new("b", "ignore")] };

        var sniffed = (await ReadAsync("phone,b,c,b,nom\n1,2,3,4,5\n"u8.ToArray(), wishes))!;

        Assert.Equal(
            ["ignore", "phone", "attributes.city", "ignore", "lastName"],
            sniffed.Plan.Columns.Select(column => column.Field));
    }

    [Fact]
    public async Task Of_an_opt_out_list_only_the_phone_counts()
    {
        var sniffed = (await ReadAsync("nom,tel,optedOut\n"u8.ToArray(), NoWishes with { IsOptOutList = true }))!;

        Assert.Equal(["ignore", "phone", "ignore"], sniffed.Plan.Columns.Select(column => column.Field));
    }

    [Fact]
    public async Task The_columns_in_front_of_rejected_rows_are_no_part_of_the_file()
    {
        var file = "line,column,reason,line,phone\n2,phone,wrong,a,1\n"u8.ToArray();

        var sniffed = (await ReadAsync(file, NoWishes with { Map = [new("line", "firstName")] }))!;

        Assert.Equal(
            ["ignore", "ignore", "ignore", "firstName", "phone"], sniffed.Plan.Columns.Select(column => column.Field));
    }

    [Theory]
    [InlineData("", "file", "empty")]
    [InlineData("PK\u0003\u0004rest", "file", "workbook")]
    [InlineData("%PDF-1.7", "file", "PDF")]
    [InlineData("[{\"phone\": \"+33612345678\"}]", "file", "This is JSON")]
    [InlineData("\uFEFF\n{\n  \"phone\": 1 }", "file", "This is JSON")]
    [InlineData("<?xml version=\"1.0\"?><phone/>", "file", "a web page or XML")]
    [InlineData("[contact];[nom]\n06;Zoé\n", "phone", "[contact], [nom]")]
    [InlineData("abc\0\0\0\u0001defgh", "file", "no text")]
    [InlineData("name,city\nZoé,Lyon\n", "phone", "name, city")]
    [InlineData("\n\n", "phone", "phone, numero or telephone")]
    public async Task What_is_no_list_of_contacts_is_refused_with_a_remedy(string file, string field, string remedy)
    {
        var form = new FormReader();

        var sniffed = await CsvSniffer.ReadAsync(
            Encoding.UTF8.GetBytes(file), true, NoWishes, form, CancellationToken.None);

        Assert.False(sniffed is not null && ImportColumns.Check(sniffed.Plan.Columns, form));
        Assert.Contains(remedy, form.Errors[field].English, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000, false)]
    [InlineData(1000, true)]
    public async Task There_may_be_many_columns_but_not_any_number(int columns, bool isTaken)
    {
        var header = "phone," + string.Join(',', Enumerable.Range(0, columns).Select(index => $"c{index}"));
        var form = new FormReader();

        var sniffed = await CsvSniffer.ReadAsync(
            Encoding.UTF8.GetBytes(header), true, NoWishes, form, CancellationToken.None);

        Assert.Equal(isTaken, sniffed is not null && ImportColumns.Check(sniffed.Plan.Columns, form));
        Assert.True(isTaken || form.Errors["columns"].English.Contains("at most", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("phone,nom\n1,Zo\u00e9", true, "windows-1252")]
    [InlineData("phone,nom\n1,Zo\u00e9", false, "utf-8")] // perhaps the rest of the letter follows
    [InlineData("phone,nom\n1,\u00c3\u00a9\n2,\u00e9\n", true, "utf-8")] // but with a mistake
    public async Task The_first_letter_beyond_ASCII_tells_the_encoding(string latin1, bool isWhole, string encoding)
    {
        var sniffed = await CsvSniffer.ReadAsync(
            Encoding.Latin1.GetBytes(latin1), isWhole, NoWishes, new(), CancellationToken.None);

        Assert.Equal(encoding, sniffed!.Plan.Encoding);
    }

    private static async Task<SniffedFile?> ReadAsync(byte[] file, ImportWishes? wishes = null)
    {
        var form = new FormReader();
        var sniffed = await CsvSniffer.ReadAsync(file, true, wishes ?? NoWishes, form, CancellationToken.None);
        Assert.True(form.IsValid, string.Join(' ', form.Errors.Values.Select(remedy => remedy.English)));
        return sniffed;
    }
}
