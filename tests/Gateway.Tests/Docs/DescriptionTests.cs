using System.Net;
using System.Text.Json.Nodes;
using Testing;

namespace Gateway.Tests;

public sealed class DescriptionTests(DatabaseFixture databases)
{
    [Fact]
    public async Task The_description_joins_the_sign_in_and_the_services_that_answer()
    {
        await using var campaigns = await Backend.StartAsync("campaigns");
        var webhooks = await Backend.StartAsync("webhooks");
        campaigns.Description = Document("/api/contacts", "Contact", "string");
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync(), new()
        {
            ["services:campaigns:http:0"] = campaigns.Address.AbsoluteUri,
            ["services:webhooks:http:0"] = webhooks.Address.AbsoluteUri,
        });
        var paths = (await DescribeAsync(gateway))["paths"]!.AsObject();
        Assert.Contains("/api/contacts", paths);
        Assert.Contains("/api/auth/login", paths);
        Assert.Contains("/api/auth/api-keys/{id}", paths);
        Assert.DoesNotContain("/health", paths);
        Assert.Empty(paths["/api/auth/login"]!["post"]!["security"]!.AsArray());
        Assert.Null(paths["/api/contacts"]!["get"]!["security"]);
        Assert.All(paths, path => Assert.StartsWith("/api/", path.Key, StringComparison.Ordinal));

        campaigns.Description = null;
        Assert.Contains("/api/contacts", (await DescribeAsync(gateway))["paths"]!.AsObject()); // kept for a moment
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await webhooks.DisposeAsync();
        Assert.DoesNotContain("/api/contacts", (await DescribeAsync(gateway))["paths"]!.AsObject());

        campaigns.Description = Document("/api/contacts", "Contact", "string");
        gateway.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Contains("/api/contacts", (await DescribeAsync(gateway))["paths"]!.AsObject());
    }

    [Fact]
    public async Task The_docs_show_the_description_with_their_own_files_only()
    {
        await using var gateway = RunningGateway.Start(await databases.CreateDatabaseAsync());
        using var client = gateway.Anyone();
        Assert.Equal(HttpStatusCode.MovedPermanently, (await client.GetAsync("/docs")).StatusCode);
        var page = await client.GetStringAsync("/docs/index.html");
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<style>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        Assert.Contains("/openapi/v1.json", await client.GetStringAsync("/docs/index.js"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/docs/swagger-ui-bundle.js")).StatusCode);
    }

    [Fact]
    public void Components_of_one_name_stay_apart_if_they_differ_and_are_one_if_they_do_not()
    {
        var whole = OpenApiMerge.Merge(
            Document("/api/a", "Thing", "string"),
            [
                ("same", Document("/api/b", "Thing", "string")),
                ("other", Document("/api/c", "Thing", "integer")),
            ]);
        Assert.Equal(["Thing", "other.Thing"], whole["components"]!["schemas"]!.AsObject().Select(s => s.Key));
        Assert.Equal("#/components/schemas/Thing", Schema("/api/b"));
        Assert.Equal("#/components/schemas/other.Thing", Schema("/api/c"));
        Assert.Equal("integer", whole["components"]!["schemas"]!["other.Thing"]!["type"]!.GetValue<string>());

        string? Schema(string path) =>
            whole["paths"]![path]!["get"]!["responses"]!["200"]!["schema"]!["$ref"]!.GetValue<string>();
    }

    [Fact]
    public void Every_reference_of_the_whole_leads_somewhere()
    {
        var kinds = FsCheck.Fluent.Gen.Elements("string", "integer", "boolean");
        var parts = FsCheck.Fluent.Gen.ArrayOf(FsCheck.Fluent.Gen.Zip(FsCheck.Fluent.Gen.Elements("A", "B"), kinds), 3);
        FsCheck.Check.QuickThrowOnFailure(FsCheck.Fluent.Prop.ForAll(
            FsCheck.Fluent.Arb.ToArbitrary(parts), described =>
            {
                var whole = OpenApiMerge.Merge(
                    new(), [.. described.Select((part, index) =>
                        ($"s{index}", Document($"/api/{index}", part.Item1, part.Item2)))]);
                return described.Index().All(part =>
                {
                    var reference = whole["paths"]![$"/api/{part.Index}"]!["get"]!["responses"]!["200"]!["schema"]!["$ref"]!
                        .GetValue<string>();
                    var schema = whole["components"]!["schemas"]![reference.Split('/')[^1]];
                    return schema?["type"]?.GetValue<string>() == part.Item.Item2;
                });
            }));
    }

    private static async Task<JsonNode> DescribeAsync(RunningGateway gateway)
    {
        using var client = gateway.Anyone();
        return JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;
    }

    private static JsonObject Document(string path, string schema, string type) => JsonNode.Parse($$"""
        {
          "openapi": "3.1.1",
          "info": { "title": "x", "version": "1" },
          "tags": [{ "name": "Things" }],
          "paths": {
            "/health": { "get": {} },
            "{{path}}": {
              "get": { "responses": { "200": { "schema": { "$ref": "#/components/schemas/{{schema}}" } } } }
            }
          },
          "components": { "schemas": { "{{schema}}": { "type": "{{type}}" } } }
        }
        """)!.AsObject();
}
