using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Benchmarks;

/// <summary>
/// People as a file: a phone, two names, two attributes, a tag; of a hundred rows five name somebody again and one has
/// no number that could be one. The rows and the file are made beforehand: what is measured is whoever takes them.
/// </summary>
internal sealed class PeopleFile
{
    private static readonly string[] FirstNames = ["Zoé", "Léo", "Ana", "Marc", "Éloïse", "Tom", "Inès", "Paul"];
    private static readonly string[] Cities = ["Brest", "Lyon", "Paris", "Nîmes", "Lille", "Metz"];
    private static readonly string[][] Tags = [["vip"], ["client"], ["client"]];

    private readonly Row[] _rows;
    private readonly byte[] _file;

    /// <param name="rows">How many.</param>
    /// <param name="prefix">Of their numbers, before eight digits.</param>
    public PeopleFile(int rows, string prefix = "+336")
    {
        _rows = new Row[rows];
        var file = new StringBuilder("phone,firstName,lastName,ville,points,tags\n");
        for (var number = 0; number < rows; number++)
        {
            var phone = IsWrong(number) ? "06" : $"{prefix}{(IsRepeat(number) ? number - 1 : number):D8}";
            var (firstName, lastName) = (FirstNames[number % FirstNames.Length], $"Nom{number % 5000}");
            var (city, points, tags) = (Cities[number % Cities.Length], number % 100, Tags[number % Tags.Length]);
            _rows[number] = new(
                phone, firstName, lastName, tags, $$"""{"ville": "{{city}}", "points": "{{points}}"}""");
            file.Append(CultureInfo.InvariantCulture, $"{phone},{firstName},{lastName},{city},{points},{tags[0]}\n");
        }

        _file = Encoding.UTF8.GetBytes(file.ToString());
    }

    public int Rejected => Count(IsWrong);

    public int Duplicates => Count(IsRepeat);

    public int People => _rows.Length - Rejected - Duplicates;

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
        foreach (var row in _rows)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(row.Phone, NpgsqlDbType.Text);
            await copy.WriteAsync(row.FirstName, NpgsqlDbType.Text);
            await copy.WriteAsync(row.LastName, NpgsqlDbType.Text);
            await copy.WriteAsync(row.Tags, NpgsqlDbType.Array | NpgsqlDbType.Text);
            await copy.WriteAsync(row.Attributes, NpgsqlDbType.Jsonb);
        }

        await copy.CompleteAsync();
    }

    /// <summary>Sends it, and tells the import's path.</summary>
    public async Task<string> SendAsync(HttpClient http)
    {
        using var content = new ByteArrayContent(_file);
        content.Headers.ContentType = new("text/csv");
        using var accepted = await http.PostAsync("/api/contacts/import", content);
        accepted.EnsureSuccessStatusCode();
        return $"/api/contacts/imports/{JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!["importId"]}";
    }

    private static bool IsWrong(int number) => number % 100 == 50;

    private static bool IsRepeat(int number) => number % 20 == 9;

    private int Count(Func<int, bool> isOne) => Enumerable.Range(0, _rows.Length).Count(isOne);

    private sealed record Row(string Phone, string FirstName, string LastName, string[] Tags, string Attributes);
}
