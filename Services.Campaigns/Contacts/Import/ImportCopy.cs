using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Services.Campaigns;

/// <summary>Rows on their way into the database, in PostgreSQL's binary form.</summary>
internal static class ImportCopy
{
    /// <summary>Goes with its connection; empty again after each transaction.</summary>
    public const string Table = """
        drop table if exists staged;
        create temp table staged (
            row int, id uuid, phone text, first_name text, last_name text, language text, tags text[], attributes jsonb,
            opted_out bool) on commit delete rows
        """;

    public static async Task StageAsync(
        NpgsqlConnection connection, IReadOnlyList<ImportRow> rows, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy staged from stdin (format binary)", cancellationToken);
        foreach (var row in rows)
        {
            var contact = row.Details!;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.Number, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(Guid.CreateVersion7(now), NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(contact.Phone.Value, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(contact.FirstName, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(contact.LastName, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(contact.Language, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(
                contact.Tags as string[] ?? [.. contact.Tags], NpgsqlDbType.Array | NpgsqlDbType.Text,
                cancellationToken);
            await copy.WriteAsync(
                contact.Attributes.Count == 0
                    ? "{}"
                    : JsonSerializer.Serialize(contact.Attributes, JsonSerializerOptions.Web),
                NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(row.OptedOut, NpgsqlDbType.Boolean, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>Keeps the rejected rows for those who will correct them.</summary>
    public static async Task RejectAsync(
        NpgsqlConnection connection, Guid import, IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy contact_import_rejects (import_id, row, line, field, reason, reason_fr, cells) from stdin "
            + "(format binary)", cancellationToken);
        foreach (var row in rows)
        {
            var rejected = row.Rejected!;
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(import, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(row.Number, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(row.Line, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(rejected.Field, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(rejected.Reason.English, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(rejected.Reason.French, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(
                rejected.Cells.Select(Storable).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // U+0000 may be why the row is rejected.
    private static string Storable(string cell) => cell.Replace('\0', '\uFFFD');
}
