using Npgsql;

namespace Services.Campaigns;

/// <summary>Rows on their way into the database.</summary>
internal static class ImportCopy
{
    private const string Columns = """
        id, phone, first_name, last_name, names, language, tags, attributes, opted_out_at, consent_at, created_at,
        updated_at, import_id
        """;

    /// <summary>For people who are known. Goes with its connection; empty again after each transaction.</summary>
    public const string Staged = $"""
        drop table if exists staged;
        create temp table staged on commit delete rows as select {Columns} from contacts with no data
        """;

    /// <summary>Where contacts go: the new ones.</summary>
    public const string Contacts = $"contacts ({Columns})";

    /// <summary>Adds what somebody's contact is if they are new.</summary>
    public static void AddContact(CopyBuffer copy, ImportRow row, ImportChunk chunk, Guid import)
    {
        var contact = row.Details!;
        copy.BeginRow(13);
        copy.Add(chunk.IdOf(row));
        copy.Add(contact.Phone.Value);
        copy.Add(contact.FirstName);
        copy.Add(contact.LastName);
        copy.Add(Folded.Of(contact.FirstName, contact.LastName));
        copy.Add(contact.Language);
        copy.Add(contact.Tags);
        copy.Add(contact.Attributes);
        copy.Add(row.OptedOut ? chunk.At : null);
        copy.Add(row.OptedOut ? chunk.At : null);
        copy.Add((DateTimeOffset?)chunk.At);
        copy.Add((DateTimeOffset?)chunk.At);
        copy.Add(import);
    }

    /// <summary>Keeps the rejected rows for those who will correct them.</summary>
    public static async Task RejectAsync(
        NpgsqlConnection connection, Guid import, IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        using var copy = new CopyBuffer();
        foreach (var row in rows)
        {
            var rejected = row.Rejected!;
            copy.BeginRow(7);
            copy.Add(import);
            copy.Add(row.Number);
            copy.Add(row.Line);
            copy.Add(rejected.Field);
            copy.Add(rejected.Reason.English);
            copy.Add(rejected.Reason.French);
            copy.Add(Array.ConvertAll([.. rejected.Cells], Storable));
        }

        await copy.SendAsync(
            connection, "contact_import_rejects (import_id, row, line, field, reason, reason_fr, cells)",
            cancellationToken);
    }

    // U+0000 may be why the row is rejected.
    private static string Storable(string cell) => cell.Replace('\0', '\uFFFD');
}
