using System.Diagnostics;
using System.Text.Json;
using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Sends one person what somebody writes by hand: free text within the 24-hour window, a template at any time. It goes
/// ahead of all bulk messages.
/// </summary>
internal static class SendReply
{
    // A repeat with the same Idempotency-Key finds the message that the first one made.
    public static async Task<Results<Accepted<ThreadItem>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid contactId, ReplyForm request, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpRequest http, Caller caller, CampaignsDbContext db, NpgsqlDataSource database,
        IOptions<SandboxOptions> sandbox, Senders senders, MessageDispatcher dispatcher, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.Id == contactId, cancellationToken)
            is not { } contact)
        {
            return Problems.NotFound("contact", contactId);
        }

        var form = new FormReader();
        if (await request.ReadAsync(form, contact, db, cancellationToken) is not { } content)
        {
            return form.Problem;
        }

        var explain = new Explain(http.Language(), sandbox.Value);
        var id = string.IsNullOrEmpty(idempotencyKey)
            ? Guid.CreateVersion7(now)
            : DerivedId.Of($"reply/{contactId}/{idempotencyKey}");
        if (await GetConversation.FindAsync(database, contactId, id, explain, cancellationToken) is { } first)
        {
            return TypedResults.Accepted($"/api/messages/{id}", first);
        }

        var can = Writable.To(contact, explain, now);
        if (content.Text is null ? !can.Template : !can.Text)
        {
            return TypedResults.Problem(can.Reason, statusCode: StatusCodes.Status409Conflict);
        }

        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await transaction.ExecuteAsync("""
                with written as (
                    insert into messages (
                        id, contact_id, kind, phone, status, next_attempt_at, text, content_sid, body, variables,
                        user_name, created_at, trace_parent, language, sender)
                    values ($1, $2, 3, $3, 0, '-infinity', $5, $6, $7, $8::jsonb, $9, $4, $10, $11, (
                        -- WhatsApp's window is open to the number they wrote to, and to no other
                        select case when sender = any($12) then sender end from interactions
                        where contact_id = $2 order by received_at desc limit 1))
                    on conflict (id) do nothing)
                update contacts set conversation_read_at = $4 where id = $2
                """, cancellationToken, id, contactId, contact.Phone, now, content.Text, content.ContentSid,
                content.Body, content.Variables is null ? null : JsonSerializer.Serialize(content.Variables),
                caller.Name, Activity.Current?.Id, content.Language, senders.All.ToArray());
            await ActivityEntry.Of(caller, "message.sent", contactId, null, now)
                .WriteAsync(transaction, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        dispatcher.Wake();
        return await GetConversation.FindAsync(database, contactId, id, explain, cancellationToken) is { } written
            ? TypedResults.Accepted($"/api/messages/{id}", written)
            : Problems.NotFound("contact", contactId);
    }

    /// <summary>Somebody has looked at the conversation.</summary>
    public static async Task<Results<NoContent, ProblemHttpResult>> MarkReadAsync(
        Guid contactId, NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var command = database.Command(
            "update contacts set conversation_read_at = $2 where id = $1", contactId, clock.GetUtcNow());
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1
            ? TypedResults.NoContent()
            : Problems.NotFound("contact", contactId);
    }
}

/// <summary>Either <see cref="Body"/> or <see cref="TemplateId"/>.</summary>
internal sealed record ReplyForm
{
    /// <summary>Free text.</summary>
    public string? Body { get; init; }

    public Guid? TemplateId { get; init; }

    /// <summary>A text for each variable; <c>{{firstName}}</c> stands for the contact's field.</summary>
    public IReadOnlyDictionary<string, string?>? Variables { get; init; }

    /// <summary>Null if it cannot be sent, which <paramref name="form"/> tells.</summary>
    public async Task<ReplyContent?> ReadAsync(
        FormReader form, Contact contact, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        if (TemplateId is not { } id)
        {
            var text = form.FreeText("body", Body, CampaignForm.LongestText);
            return form.IsValid ? new(text, null, null, null, null) : null;
        }

        if (Body is not null)
        {
            form.Refuse("body", new Remedy(
                "Send either body or templateId, not both.", "Envoyez un texte ou un modèle, pas les deux."));
            return null;
        }

        var template = await db.Templates.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (template is null)
        {
            form.Refuse("templateId", Template.Gone(id));
            return null;
        }

        var patterns = CampaignForm.ReadVariables(form, template, Variables, "variables");
        var values = patterns.ToDictionary(
            pattern => pattern.Key, pattern => MessageText.ParseVariable(pattern.Value).Render(contact));
        foreach (var empty in form.IsValid ? template.MissingFrom(values) : [])
        {
            form.Refuse(
                $"variables.{empty}", new Remedy(
                    $"Variable {empty} would be empty for this person: write a text in its place.",
                    $"La variable {empty} serait vide pour cette personne : écrivez un texte à la place."));
        }

        return form.IsValid ? new(null, template.ContentSid, template.Language, template.Body, values) : null;
    }
}

/// <summary>What is sent: free text, or a template with its values.</summary>
internal sealed record ReplyContent(
    string? Text, string? ContentSid, string? Language, string? Body, IReadOnlyDictionary<string, string>? Variables);
