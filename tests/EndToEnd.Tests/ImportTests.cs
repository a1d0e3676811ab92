using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Testing;

namespace EndToEnd.Tests;

public sealed class ImportTests
{
    private const int Rows = 300_000;

    /// <summary>So many rows after another, one stands there twice and one cannot be a number.</summary>
    private const int Step = 100;

    private const long FirstNumber = 447_700_000_000;

    [Fact]
    public async Task An_import_whose_service_is_killed_in_the_middle_puts_every_row_into_one_pile()
    {
        await using var run = await LocalRun.StartAsync(LocalRun.FreePort(), new Dictionary<string, string>());
        using var http = new HttpClient { BaseAddress = run.Gateway };
        using var login = await http.PostAsJsonAsync(
            "/api/auth/login", new { userName = "admin", password = LocalRun.AdminPassword });
        using var file = new StringContent(File(), Encoding.UTF8, "text/csv");
        using var sent = await http.PostAsync("/api/contacts/import", file);
        var id = (await sent.Content.ReadFromJsonAsync<JsonObject>())!["importId"]!.GetValue<Guid>();

        var before = await ReadAsync(http, id, import => Number(import, "rowsRead") > 0);
        Processes.Signal("KILL", Assert.Single(new Processes(run.ProcessId).Of(Part.Campaigns)));
        Assert.InRange(Number(before, "rowsRead"), 1, Rows - 1);
        var after = await ReadAsync(http, id, import => (string?)import["state"] is "completed" or "failed");

        const int odd = Rows / Step;
        Assert.Equal("completed", (string?)after["state"]);
        Assert.Equal(
            (Rows, Rows - (2 * odd), 0, 0, odd, odd),
            (Number(after, "rowsRead"), Number(after, "inserted"), Number(after, "updated"), Number(after, "unchanged"),
                Number(after, "duplicates"), Number(after, "rejected")));
        var people = await http.GetFromJsonAsync<JsonObject>("/api/contacts?limit=1");
        Assert.Equal(Rows - (2 * odd), Number(people!, "total"));
    }

    private static string File()
    {
        var file = new StringBuilder("phone;firstName;city\n");
        for (var row = 0; row < Rows; row++)
        {
            _ = (row % Step) switch
            {
                1 => file.Append('+').Append(FirstNumber + row - 1), // as the row before
                2 => file.Append("none"),
                _ => file.Append('+').Append(FirstNumber + row),
            };
            file.Append(";N° ").Append(row).Append(";Lyon\n");
        }

        return file.ToString();
    }

    private static int Number(JsonNode node, string name) => node[name]?.GetValue<int>() ?? 0;

    /// <summary>While the service is away, nothing is read.</summary>
    private static Task<JsonNode> ReadAsync(HttpClient http, Guid import, Func<JsonNode, bool> expected) =>
        Eventually.ReturnsAsync(
            async () =>
            {
                using var answer = await http.GetAsync($"/api/contacts/imports/{import}");
                return answer.IsSuccessStatusCode
                    ? (await answer.Content.ReadFromJsonAsync<JsonNode>())!
                    : new JsonObject();
            },
            expected, TimeSpan.FromSeconds(120));
}
