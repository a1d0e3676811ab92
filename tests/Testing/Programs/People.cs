using Npgsql;

namespace Testing;

/// <summary>Contacts by the thousand, put where an import would put them.</summary>
public static class People
{
    public static string PhoneOf(int person) => $"+33639{person:D6}";

    /// <summary>To the database of Services.Campaigns, for what cannot be waited for.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(LocalRun run)
    {
        var folder = Path.Combine(run.DataFolder, "postgres");
        // The fourth line is the port. https://www.postgresql.org/docs/15/storage-file-layout.html
        var port = (await File.ReadAllLinesAsync(Path.Combine(folder, "data", "postmaster.pid")))[3];
        var password = await File.ReadAllTextAsync(Path.Combine(folder, "password"));
        var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={port};Username=campaigns;Password={password};Database=campaignsdb;Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <param name="tags">Of each person, who are numbered from 1.</param>
    public static async Task InviteAsync(LocalRun run, int count, Func<int, string[]> tags)
    {
        await using var connection = await ConnectAsync(run);
        await using var rows = await connection.BeginBinaryImportAsync(
            "copy contacts (id, phone, first_name, tags, created_at, updated_at) from stdin (format binary)");
        var now = TimeProvider.System.GetUtcNow();
        for (var person = 1; person <= count; person++)
        {
            await rows.StartRowAsync();
            await rows.WriteAsync(Guid.CreateVersion7(now));
            await rows.WriteAsync(PhoneOf(person));
            await rows.WriteAsync($"N° {person}");
            await rows.WriteAsync(tags(person));
            await rows.WriteAsync(now);
            await rows.WriteAsync(now);
        }

        await rows.CompleteAsync();
    }
}
