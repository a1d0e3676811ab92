using System.Text.Json.Nodes;

namespace Docs.Tests;

/// <summary>Every call of the API, as the gateway itself describes it.</summary>
[Collection(typeof(Running))]
public sealed class CallTests(Running running)
{
    [Fact]
    public async Task Every_call_stands_in_the_reference_with_its_fields_and_answers()
    {
        var description = await running.Run.GetAsync("/openapi/v1.json");
        var calls = Calls(description).ToList();

        Assert.All(calls, call => Assert.False(string.IsNullOrEmpty(call.Summary), $"{call.Name} says nothing of itself."));
        Generated.Check("docs/calls.md", "calls", string.Join('\n', calls.GroupBy(call => call.Tag).Select(part =>
            $"## {part.Key}\n\n" + Generated.Table(
            [
                ["call", "what it does", "fields", "answers"],
                .. part.Select<Call, IReadOnlyList<string>>(call =>
                    [$"`{call.Name}`", call.Summary!, Code(call.Fields), string.Join(", ", call.Answers)]),
            ]))));
    }

    private static IEnumerable<Call> Calls(JsonNode description) =>
        from path in description["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        let call = operation.Value!
        select new Call(
            call["tags"]![0]!.GetValue<string>(), $"{operation.Key.ToUpperInvariant()} {path.Key}",
            call["summary"]?.GetValue<string>(),
            [.. Parameters(call), .. Body(call, description)],
            [.. call["responses"]!.AsObject().Select(answer => answer.Key)]);

    // What stands in the path is in the call's name; what is only referred to, all writes have in common.
    private static IEnumerable<string> Parameters(JsonNode call) =>
        from parameter in call["parameters"]?.AsArray() ?? []
        where parameter!["in"] is { } place && place.GetValue<string>() != "path"
        select parameter["name"]!.GetValue<string>();

    private static IEnumerable<string> Body(JsonNode call, JsonNode description)
    {
        if (call["requestBody"]?["content"] is not JsonObject content)
        {
            return [];
        }

        var schema = content["application/json"]?["schema"];
        while (schema?["$ref"]?.GetValue<string>() is { } reference)
        {
            schema = description["components"]!["schemas"]![reference.Split('/')[^1]];
        }

        return (schema?["properties"] as JsonObject ?? content).Select(property => property.Key);
    }

    private static string Code(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private sealed record Call(
        string Tag, string Name, string? Summary, IReadOnlyList<string> Fields, IReadOnlyList<string> Answers);
}
