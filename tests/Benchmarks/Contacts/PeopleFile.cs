using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Benchmarks;

/// <summary>
/// People as a file: a phone, two names, two attributes, a tag; of a hundred rows five name somebody again and one has
/// no number that could be one.
/// </summary>
/// <param name="rows">How many.</param>
/// <param name="prefix">Of their numbers, before eight digits.</param>
internal sealed class PeopleFile(int rows, string prefix = "+336") : HttpContent
{
    private static readonly string[] FirstNames = ["Zoé", "Léo", "Ana", "Marc", "Éloïse", "Tom", "Inès", "Paul"];
    private static readonly string[] Cities = ["Brest", "Lyon", "Paris", "Nîmes", "Lille", "Metz"];

    public int Rejected => Count(IsWrong);

    public int Duplicates => Count(IsRepeat);

    public int People => rows - Rejected - Duplicates;

    public IEnumerable<Row> Rows => Enumerable.Range(0, rows).Select(number => new Row(
        IsWrong(number) ? "06" : $"{prefix}{(IsRepeat(number) ? number - 1 : number):D8}",
        FirstNames[number % FirstNames.Length], $"Nom{number % 5000}", Cities[number % Cities.Length],
        (number % 100).ToString(CultureInfo.InvariantCulture), number % 3 == 0 ? "vip" : "client"));

    /// <summary>The rows as they stand, into a table that has no index and asks for nothing.</summary>
    public async Task CopyBareAsync(NpgsqlDataSource database)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using (var create = new NpgsqlCommand("""
            drop table if exists bare;
            create table bare (phone text, first_name text, last_name text, tags text[], attributes jsonb)
            """, connection))
        {
            await create.ExecuteNonQueryAsync();
        }

        await using var copy = await connection.BeginBinaryImportAsync("copy bare from stdin (format binary)");
        foreach (var row in Rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.Phone, NpgsqlDbType.Text);
            await copy.WriteAsync(row.FirstName, NpgsqlDbType.Text);
            await copy.WriteAsync(row.LastName, NpgsqlDbType.Text);
            await copy.WriteAsync(new[] { row.Tag }, NpgsqlDbType.Array | NpgsqlDbType.Text);
            await copy.WriteAsync($$"""{"ville": "{{row.City}}", "points": "{{row.Points}}"}""", NpgsqlDbType.Jsonb);
        }

        await copy.CompleteAsync();
    }

    /// <summary>Sends it, and tells the import's path.</summary>
    public async Task<string> SendAsync(HttpClient http)
    {
        Headers.ContentType = new("text/csv");
        using var accepted = await http.PostAsync("/api/contacts/import", this);
        accepted.EnsureSuccessStatusCode();
        return $"/api/contacts/imports/{JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!["importId"]}";
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true);
        await writer.WriteLineAsync("phone,firstName,lastName,ville,points,tags");
        foreach (var row in Rows)
        {
            await writer.WriteLineAsync(
                $"{row.Phone},{row.FirstName},{row.LastName},{row.City},{row.Points},{row.Tag}");
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static bool IsWrong(int number) => number % 100 == 50;

    private static bool IsRepeat(int number) => number % 20 == 9;

    private int Count(Func<int, bool> isOne) => Enumerable.Range(0, rows).Count(isOne);

    internal sealed record Row(
        string Phone, string FirstName, string LastName, string City, string Points, string Tag);
}
