using Frontend.Components;

namespace Frontend.Tests;

public sealed class ImportDraftTests
{
    [Fact]
    public void A_mapping_that_nobody_has_changed_is_left_to_the_API() =>
        Assert.Empty(Of(("Mobile", "phone"), ("Ville", "attribute")).Wish.Map);

    [Fact]
    public void Of_two_columns_for_the_same_the_one_that_was_chosen_last_is_it()
    {
        var draft = Of(("Fixe", "phone"), ("Mobile", "attribute"), ("Ville", "attribute"));

        draft.Choose(1, "phone");

        Assert.Equal(["attribute", "phone", "attribute"], Enumerable.Range(0, 3).Select(draft.FieldOf));
        // Ville is what the API takes it for.
        Assert.Equal([new("Fixe", "attribute"), new("Mobile", "phone")], draft.Wish.Map);
    }

    [Fact]
    public void Columns_of_one_name_are_all_told_so_that_none_is_taken_for_the_other()
    {
        var draft = Of(("Tel", "phone"), ("Note", "attribute"), ("Note", "attribute"));

        draft.Choose(2, ImportDraft.Ignore);

        Assert.Equal([new("Tel", "phone"), new("Note", "attribute"), new("Note", "ignore")], draft.Wish.Map);
    }

    [Fact]
    public void A_column_without_a_name_cannot_be_told_apart_and_is_not_told()
    {
        var draft = Of(("Tel", "phone"), ("", "ignore"), ("Ville", "attribute"));

        draft.Choose(2, ImportDraft.Ignore);

        Assert.False(draft.CanChoose(1));
        Assert.Equal(["Tel", "Ville"], draft.Wish.Map.Select(column => column.Name));
    }

    [Fact]
    public void An_opt_out_list_puts_tags_on_nobody()
    {
        var draft = Of(("Tel", "phone"));
        draft.Tags = "vip, vip ; presse,";
        Assert.Equal(["vip", "presse"], draft.Wish.Tags);

        draft.OptOut = true;

        Assert.Equal(
            "/api/contacts/import?name=stop.csv&country=FR&list=optOut",
            draft.Wish.AddTo("/api/contacts/import", "stop.csv"));
    }

    [Fact]
    public void The_API_hears_of_each_column_and_each_tag() => Assert.Equal(
        "/check?country=BE&tag=a%26b&tag=c&map=Heure%3A%20d%C3%A9but%3Aattribute&map=Tel%3Aphone",
        new ImportWish("BE", ["a&b", "c"], false, [new("Heure: début", "attribute"), new("Tel", "phone")])
            .AddTo("/check"));

    [Fact]
    public void A_row_keeps_its_cells_whatever_is_in_them() => Assert.Equal(
        "tel,name\r\n+336,\"Zoé, \"\"Zo\"\"\nand more\"\r\n,\"''=1,2\"\r\n",
        Csv.Of([
            Csv.Line(["tel", "name"]), Csv.Line(["+336", "Zoé, \"Zo\"\nand more"]), Csv.Line(["", "'=1,2"])]));

    [Theory]
    [InlineData(0.5, 60)]
    [InlineData(0.25, 180)]
    [InlineData(0.01, null)]
    [InlineData(1, null)]
    public void The_time_that_is_left_follows_from_the_pace_once_there_is_one(double progress, int? seconds)
    {
        var start = DateTimeOffset.UnixEpoch;
        var import = new ContactImport(
            Guid.Empty, null, null, ImportState.Running, progress, 0, 0, 0, 0, 0, 0, [], null, start, start);
        Assert.Equal(seconds, import.Remaining(start.AddMinutes(1))?.TotalSeconds);
    }

    private static ImportDraft Of(params (string Header, string Field)[] columns) => new("people.csv", new(
        ';', "utf-8", "fr", "FR", [.. columns.Select(column => new CheckedColumn(column.Header, column.Field, []))], 3, []));
}
