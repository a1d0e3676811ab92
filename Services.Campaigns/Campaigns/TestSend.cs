using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Sends Message 1 to one number, outside the statistics, with its contact's fields and in its language if it has one.
/// </summary>
internal static class TestSend
{
    public static async Task<Results<Accepted<TestSendAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, TestSendForm request, MadeId message, Caller caller, CampaignsDbContext db,
        NpgsqlDataSource database, MessageDispatcher dispatcher, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (!PhoneNumber.TryParse(request.Phone, out var phone, out var remedy))
        {
            return Problems.Field("phone", remedy);
        }

        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var form = new FormReader();
        var language = form.Language("language", request.Language);
        if (!form.IsValid)
        {
            return form.Problem;
        }

        if (await Wordings.ReadAsync(campaign, db, cancellationToken) is not { } words)
        {
            return Campaign.TemplateGone;
        }

        var now = clock.GetUtcNow();
        var contact = await db.Contacts.AsNoTracking()
            .SingleOrDefaultAsync(c => c.Phone == phone.Value, cancellationToken)
            ?? new Contact { Id = Guid.Empty, Phone = phone.Value, CreatedAt = now };
        await KeptOptOuts.RecallAsync(contact, db, cancellationToken);
        if (contact.OptedOutAt is not null)
        {
            return Problems.Conflict(new Remedy(
                "The person with this number has opted out: test with another number.",
                "La personne qui a ce numéro ne veut plus de messages : faites l’essai avec un autre numéro."));
        }

        var wording = words[words.Choice.For(language ?? contact.Language)];
        var variables = wording.Filling.Variables.ToDictionary(
            variable => variable.Key,
            variable => MessageText.ParseVariable(variable.Value).Render(contact) is { Length: > 0 } text
                ? text
                : wording.Filling.Fallbacks.GetValueOrDefault(variable.Key)
                    ?? $"[{variable.Key}]"); // a value must not be empty; the tester sees which one would be

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isNew = await transaction.ExecuteAsync("""
            insert into messages (
                id, campaign_id, kind, phone, status, next_attempt_at, variables, created_at, trace_parent,
                content_sid, language, body) -- a draft's may be others by the time it leaves
            values ($1, $2, 0, $3, 0, '-infinity', $5, $4, $6, $7, $8, $9)
            on conflict (id) do nothing -- an earlier try of this request has made it
            """, cancellationToken, message.Value, id, phone.Value, now,
            new Sql.Json(JsonSerializer.Serialize(variables)), Activity.Current?.Id, wording.Content!.ContentSid,
            wording.Content.Language, wording.Content.Body) == 1;
        if (isNew)
        {
            await ActivityEntry.Of(caller, "campaign.tested", id, campaign.Name, now)
                .WriteAsync(transaction, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        dispatcher.Wake();
        return TypedResults.Accepted($"/api/messages/{message.Value}", new TestSendAnswer(message.Value));
    }
}

/// <param name="Phone">In the international form.</param>
/// <param name="Language">As if it were the person's; null: that of the number's contact.</param>
internal sealed record TestSendForm(string? Phone, string? Language = null);

internal sealed record TestSendAnswer(Guid MessageId);
