using Npgsql;
using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]

namespace Docs.Tests;

/// <summary>The pictures of the databases, drawn from what the migrations really make.</summary>
public sealed class DataTests(DatabaseFixture databases)
{
    private const string Columns = """
        select c.table_name::text, c.column_name::text,
            case when c.data_type = 'ARRAY' then ltrim(c.udt_name, '_') || '_array' else c.udt_name end,
            exists (
                select from information_schema.table_constraints t
                join information_schema.key_column_usage k using (constraint_schema, constraint_name)
                where t.constraint_type = 'PRIMARY KEY' and k.table_name = c.table_name
                    and k.column_name = c.column_name),
            exists (
                select from pg_constraint f
                join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
                where f.contype = 'f' and f.conrelid::regclass::text = c.table_name and a.attname = c.column_name)
        from information_schema.columns c where c.table_schema = 'public'
        order by c.table_name::text collate "C", c.ordinal_position
        """;

    private const string References = """
        select f.confrelid::regclass::text, f.conrelid::regclass::text, a.attname::text
        from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
        where f.contype = 'f'
        order by f.confrelid::regclass::text collate "C", f.conrelid::regclass::text collate "C", a.attname::text
        """;

    [Theory]
    [InlineData("campaignsdb", "Services.Campaigns")]
    [InlineData("messagingdb", "Services.Messaging")]
    [InlineData("webhooksdb", "Services.Webhooks")]
    [InlineData("gatewaydb", "Gateway")]
    public async Task Every_table_stands_in_the_picture_of_its_database(string database, string project)
    {
        await using var source = NpgsqlDataSource.Create(await databases.CreateDatabaseAsync());
        foreach (var migration in Migrations(project))
        {
            await using var command = source.CreateCommand(migration);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        Generated.Check("docs/data.md", database, $"```mermaid\nerDiagram\n{await DrawAsync(source)}```\n");
    }

    // As the project embeds them: its own, and those of ServiceDefaults that it links among them.
    private static IEnumerable<string> Migrations(string project)
    {
        var folder = Path.Combine(Document.Root, project);
        var linked = File.ReadAllText(Path.Combine(folder, $"{project}.csproj"));
        var shared = Directory.GetFiles(Path.Combine(Document.Root, "ServiceDefaults"), "*.sql")
            .Where(file => linked.Contains(Path.GetFileName(file), StringComparison.Ordinal));
        var own = Path.Combine(folder, "Migrations") is var below && Directory.Exists(below)
            ? Directory.GetFiles(below, "*.sql").Order(StringComparer.Ordinal)
            : Enumerable.Empty<string>();
        return shared.Order(StringComparer.Ordinal).Concat(own).Select(File.ReadAllText);
    }

    private static async Task<string> DrawAsync(NpgsqlDataSource source)
    {
        var lines = new List<string>();
        await foreach (var row in ReadAsync(source, References))
        {
            lines.Add($"  {row.GetString(0)} ||--o{{ {row.GetString(1)} : {row.GetString(2)}");
        }

        var table = "";
        await foreach (var row in ReadAsync(source, Columns))
        {
            if (row.GetString(0) != table)
            {
                lines.AddRange(table is "" ? [] : ["  }"]);
                lines.Add($"  {table = row.GetString(0)} {{");
            }

            var key = (row.GetBoolean(3), row.GetBoolean(4)) switch
            {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                _ => "",
            };
            lines.Add($"    {row.GetString(2)} {row.GetString(1)}{key}");
        }

        return string.Concat(lines.Append("  }").Select(line => line + "\n"));
    }

    private static async IAsyncEnumerable<NpgsqlDataReader> ReadAsync(NpgsqlDataSource source, string query)
    {
        await using var command = source.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            yield return reader;
        }
    }
}
