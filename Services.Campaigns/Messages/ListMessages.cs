using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class ListMessages
{
    /// <param name="status">One or several, with commas between them.</param>
    /// <param name="search">Part of the number, or of the person's name.</param>
    /// <param name="code">The reason why it failed or was skipped.</param>
    /// <param name="replied">Whether the person has replied.</param>
    public static async Task<Results<Ok<Page<MessageAnswer>>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, string? status, string? kind, string? search, string? code, bool? replied, int? limit, string? cursor,
        HttpRequest request, CampaignsDbContext db, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var text = form.Optional("search", search, 100);
        var statuses = status?.Split(',', StringSplitOptions.TrimEntries)
            .Select(name => form.Choice<MessageStatus>("status", name)).OfType<MessageStatus>().ToArray() ?? [];
        var (ofKind, reason) = (form.Choice<MessageKind>("kind", kind), form.Optional("code", code, 100));
        if (!form.IsValid)
        {
            return form.Problem;
        }

        if (!await db.Campaigns.AnyAsync(c => c.Id == id, cancellationToken))
        {
            return Problems.NotFound("campaign", id);
        }

        var values = new SqlParameters();
        var condition = $"m.campaign_id = {values.Add(id)}"
            + statuses switch
            {
                [] => "",
                [var one] => $" and m.status = {values.Add((short)one)}", // with it the index is in the list's order
                _ => $" and m.status = any({values.Add(Array.ConvertAll(statuses, wanted => (short)wanted))})",
            }
            + (reason is null ? "" : $" and m.error_code = {values.Add(reason)}")
            + (replied is not { } has ? "" : $" and m.replied_at is {(has ? "not null" : "null")}")
            + (ofKind is { } chosen ? $" and m.kind = {values.Add((short)chosen)}" : " and m.kind <> 0")
            + (text is null ? "" : $"""
                 and exists (select 1 from contacts c where c.id = m.contact_id
                    and (strpos(c.names, fold({values.Add(text)})) > 0
                        or strpos(c.phone, {values.Add(text)}) > 0))
                """);

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Where the counters know, nobody goes through a million messages.
        var isCounted = (text, reason, replied) is (null, null, null)
            && ofKind is not (MessageKind.Test or MessageKind.Reply);
        var total = isCounted
            ? await transaction.ScalarAsync<long>("""
                select coalesce(sum(n), 0)::bigint from campaign_counters
                where campaign_id = $1 and status <> 100 and ($2 or status = any($3))
                    and ($4::smallint is null or kind = $4)
                """, cancellationToken, id, statuses.Length == 0,
                Array.ConvertAll(statuses, wanted => (short)wanted), (short?)ofKind)
            : await transaction.ScalarAsync<long>(
                $"select count(*) from messages m where {condition}", cancellationToken, values.ToArray());
        var after = page.After is { } last ? $" and m.id > {values.Add(last)}" : "";
        await using var command = transaction.Command($"""
            select {MessageRows.Columns}, p.first_name, p.last_name
            from messages m left join contacts p on p.id = m.contact_id where {condition}{after}
            order by m.id limit {page.Limit + 1}
            """, values.ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var explain = new Explain(request.Language(), sandbox.Value);
        var items = new List<MessageAnswer>();
        while (await reader.ReadAsync(cancellationToken))
        {
            const int next = MessageRows.ColumnCount;
            items.Add(MessageAnswer.Of(MessageRows.Read(reader), explain) with
            {
                FirstName = reader.IsDBNull(next) ? null : reader.GetString(next),
                LastName = reader.IsDBNull(next + 1) ? null : reader.GetString(next + 1),
            });
        }

        return TypedResults.Ok(page.Cut(items, item => item.Id, total));
    }
}
