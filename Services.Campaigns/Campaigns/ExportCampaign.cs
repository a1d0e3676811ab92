using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// The messages of a campaign as a file. Read in portions, so that a slow client holds nothing open.
/// </summary>
internal static class ExportCampaign
{
    private const int Portion = 5000;

    private static readonly string[] Header =
    [
        "phone", "firstName", "lastName", "kind", "status", "attempts", "errorCode", "error", "queuedAt", "sentAt",
        "deliveredAt", "readAt", "repliedAt", "failedAt", "providerMessageId", "messageId",
    ];

    public static async Task<Results<CsvDownload, ProblemHttpResult>> HandleAsync(
        Guid id, HttpRequest request, Caller caller, CampaignsDbContext db, NpgsqlDataSource database,
        IOptions<SandboxOptions> sandbox, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.Where(c => c.Id == id).Select(c => c.Name).SingleOrDefaultAsync(cancellationToken)
            is not { } name)
        {
            return Problems.NotFound("campaign", id);
        }

        db.Activity.Add(ActivityEntry.Of(caller, "campaign.exported", id, name, clock.GetUtcNow()));
        await db.SaveChangesAsync(cancellationToken);
        return new CsvDownload(
            $"campaign-{id:N}.csv", Header,
            ReadAsync(id, new(request.Language(), sandbox.Value), database, cancellationToken));
    }

    private static async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync(
        Guid id, Explain explain, NpgsqlDataSource database,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = Guid.Empty;
        int read;
        do
        {
            var portion = new List<IReadOnlyList<string?>>(Portion);
            await using (var command = database.Command("""
                select m.id, m.phone, c.first_name, c.last_name, m.kind, m.status, m.attempts, m.error_code,
                    m.queued_at, m.sent_at, m.delivered_at, m.read_at, m.replied_at, m.failed_at, m.provider_message_id,
                    m.provider
                from messages m left join contacts c on c.id = m.contact_id
                where m.campaign_id = $1 and m.kind <> 0 and m.id > $2 order by m.id limit $3
                """, id, last, Portion))
            await using (var row = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await row.ReadAsync(cancellationToken))
                {
                    last = row.GetGuid(0);
                    portion.Add(Cells(row, explain));
                }
            }

            read = portion.Count;
            foreach (var cells in portion)
            {
                yield return cells;
            }
        }
        while (read == Portion);
    }

    private static string?[] Cells(NpgsqlDataReader row, Explain explain)
    {
        return
        [
            Text(1), Text(2), Text(3), FormReader.NameOf((MessageKind)row.GetInt16(4)),
            FormReader.NameOf((MessageStatus)row.GetInt16(5)), $"{row.GetInt32(6)}", Text(7),
            explain.Error(Text(7), Text(15))?.Title, At(8), At(9), At(10), At(11), At(12), At(13), Text(14),
            $"{row.GetGuid(0)}",
        ];

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        string? At(int column) => row.IsDBNull(column) ? null : row.GetDateTime(column).ToString("O");
    }
}
