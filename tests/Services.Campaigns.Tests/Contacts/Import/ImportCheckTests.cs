using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Services.Campaigns.Tests;

/// <summary>What is said of a file before it is taken in.</summary>
[Collection(CampaignsApp.Name)]
public class ImportCheckTests(CampaignsApp app)
{
    [Fact]
    public async Task A_check_says_how_the_file_would_be_read()
    {
        var check = await CheckAsync("Téléphone;Ville\n06 12 34 56 78;Lyon\n'+33 6;=1\n", "country=FR&language=fr");

        Assert.Equal((";", "utf-8", "FR", 2), (
            (string?)check["delimiter"], (string?)check["encoding"], (string?)check["country"], (int)check["rows"]!));
        Assert.Equal(["phone", "attribute"], check["columns"]!.AsArray().Select(column => (string?)column!["field"]));
        Assert.Equal(["Téléphone", "Ville"], check["columns"]!.AsArray().Select(column => (string?)column!["header"]));
        var problem = Assert.Single(check["problems"]!.AsArray())!;
        Assert.Equal((3L, "Téléphone", "phone"), (
            (long)problem["line"]!, (string?)problem["column"], (string?)problem["field"]));
        Assert.StartsWith("Après +33 viennent 9 chiffres", (string?)problem["reason"], StringComparison.Ordinal);
        Assert.Equal(
            ["06 12 34 56 78", "+33 6"], check["columns"]![0]!["samples"]!.AsArray().Select(value => (string?)value));
    }

    [Fact]
    public async Task A_check_shows_a_file_whose_phone_column_is_unknown_so_that_somebody_can_map_it()
    {
        var check = await CheckAsync("a,b\nZoé,0612345678\n", "country=FR");
        Assert.Equal("phone", (string?)Assert.Single(check["problems"]!.AsArray())!["field"]);
        Assert.Equal(["0612345678"], check["columns"]![1]!["samples"]!.AsArray().Select(value => (string?)value));

        var mapped = await CheckAsync("a,b\nZoé,0612345678\n", "country=FR&map=b:phone&map=a:firstName");
        Assert.Empty(mapped["problems"]!.AsArray());
        Assert.Equal(
            ["firstName", "phone"], mapped["columns"]!.AsArray().Select(column => (string?)column!["field"]));
    }

    [Fact]
    public async Task A_check_of_a_large_file_looks_at_its_beginning_only()
    {
        var check = await CheckAsync(
            "phone,firstName\n" + string.Concat(Enumerable.Repeat("0612345678,\"Zoé\"\n", 20_000)) + "bad\n",
            "country=FR");

        Assert.Equal(200, (int)check["rows"]!);
        Assert.Empty(check["problems"]!.AsArray());
    }

    [Fact]
    public async Task A_row_that_the_check_has_cut_off_is_no_problem()
    {
        var check = await CheckAsync(
            "phone,firstName\n" + string.Concat(Enumerable.Repeat($"0612345678,\"{new string('x', 90)}\"\n", 10))
            + $"0612345678,\"{new string('x', 70_000)}\"\n", "country=FR");

        Assert.Equal(10, (int)check["rows"]!);
        Assert.Empty(check["problems"]!.AsArray());
    }

    [Fact]
    public async Task A_check_tells_where_a_file_is_not_in_its_encoding()
    {
        using var content = ImportCalls.Csv([.. "phone,firstName\n0612345678,Zoé\n0612345679,L"u8, 0xE9, .. "a\n"u8]);
        using var response = await app.Client.PostAsync("/api/contacts/import/check?country=FR", content);

        var check = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        var problem = Assert.Single(check["problems"]!.AsArray())!;
        Assert.Equal((3L, "file"), ((long)problem["line"]!, (string?)problem["field"]));
    }

    [Fact]
    public async Task What_can_be_said_about_a_file_stands_in_the_description()
    {
        var paths = (await app.GetAsync("/openapi/v1.json"))["paths"]!;

        foreach (var path in (string[])["/api/contacts/import", "/api/contacts/import/check"])
        {
            var parameters = paths[path]!["post"]!["parameters"]!.AsArray();
            Assert.Equal(
                ["country", "delimiter", "list", "map", "name", "tag"],
                parameters.Where(parameter => (string?)parameter!["in"] == "query")
                    .Select(parameter => (string?)parameter!["name"]).Order());
            Assert.All(parameters, parameter => Assert.NotEqual(true, (bool?)parameter!["required"]));
        }
    }

    private async Task<JsonNode> CheckAsync(string file, string query)
    {
        using var content = ImportCalls.Csv(Encoding.UTF8.GetBytes(file));
        using var response = await app.Client.PostAsync($"/api/contacts/import/check?{query}", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
