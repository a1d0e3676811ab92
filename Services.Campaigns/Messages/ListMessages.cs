using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class ListMessages
{
    /// <param name="search">Part of the number, or of the person's name.</param>
    public static async Task<Results<Ok<Page<MessageAnswer>>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, string? status, string? kind, string? search, int? limit, string? cursor,
        HttpRequest request, CampaignsDbContext db, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox,
        CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var text = form.Optional("search", search, 100);
        var (inStatus, ofKind) = (form.Choice<MessageStatus>("status", status), form.Choice<MessageKind>("kind", kind));
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
            + (inStatus is { } wanted ? $" and m.status = {values.Add((short)wanted)}" : "")
            + (ofKind is { } chosen ? $" and m.kind = {values.Add((short)chosen)}" : " and m.kind <> 0")
            + (text is null ? "" : $"""
                 and exists (select 1 from contacts c where c.id = m.contact_id
                    and (strpos(c.names, fold({values.Add(text)})) > 0
                        or strpos(c.phone, {values.Add(text)}) > 0))
                """);

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var total = await transaction.ScalarAsync<long>(
            $"select count(*) from messages m where {condition}", cancellationToken, values.ToArray());
        var after = page.After is { } last ? $" and m.id > {values.Add(last)}" : "";
        var rows = await MessageRows.ReadAsync(transaction.Command($"""
            select {MessageRows.Columns} from messages m where {condition}{after}
            order by m.id limit {page.Limit + 1}
            """, values.ToArray()), cancellationToken);

        var explain = new Explain(request.Language(), sandbox.Value);
        var items = rows.Take(page.Limit).Select(row => MessageAnswer.Of(row, explain)).ToList();
        return TypedResults.Ok(new Page<MessageAnswer>(
            items, rows.Count > items.Count ? items[^1].Id.ToString() : null, total));
    }
}
