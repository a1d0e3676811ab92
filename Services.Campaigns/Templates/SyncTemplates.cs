using Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes over the templates that the provider has. What runs already keeps its text; what was deleted here and is still
/// there comes back.
/// </summary>
internal static class SyncTemplates
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<Results<Ok<SyncAnswer>, ProblemHttpResult>> HandleAsync(
        Caller caller, MessagingClient messaging, CampaignsDbContext db, IOptions<SandboxOptions> sandbox,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        var provider = sandbox.Value.Provider;
        if (provider is SenderProvider.Gupshup)
        {
            return Problems.Conflict(new Remedy(
                "Gupshup's templates are not read from here: add each by hand, with its id as Gupshup shows it.",
                "Les modèles de Gupshup ne sont pas lus d’ici : ajoutez-les un à un, avec l’identifiant qu’affiche "
                + "Gupshup."));
        }

        if (await ListAsync(messaging, cancellationToken) is not { } listed)
        {
            var (english, french) = provider is SenderProvider.Meta
                ? ("META_BUSINESS_ACCOUNT_ID and the access token", "META_BUSINESS_ACCOUNT_ID et le jeton d’accès")
                : ("the credentials", "les identifiants");
            return TypedResults.Problem(
                new Remedy(
                    $"{provider}'s list of templates cannot be read: check {english}, and try again in a moment.",
                    $"La liste des modèles chez {provider} ne peut pas être lue : vérifiez {french}, puis réessayez dans "
                    + "un instant.").Told(),
                statusCode: StatusCodes.Status502BadGateway);
        }

        var now = clock.GetUtcNow();
        var ours = await db.Templates.OrderBy(t => t.Id).ToListAsync(cancellationToken);
        var (added, updated, unchanged, skipped) = (0, 0, 0, 0);
        foreach (var theirs in listed.DistinctBy(template => (template.ContentSid, template.Language)))
        {
            if (!FormOf(theirs).TryRead(provider, out var details, out _))
            {
                skipped++; // without a text, as a list of products is, or with more than we can send
                continue;
            }

            if (ours.Find(t => IsSame(t, theirs)) is not { } template)
            {
                template = Template.Create(details, now);
                db.Templates.Add(template);
                added++;
            }
            else if (template.Says(details, theirs.Approval))
            {
                unchanged++;
            }
            else
            {
                template.Change(details, now);
                updated++;
            }

            template.Approval = theirs.Approval;
        }

        // Those that the list has had before. What was entered by hand it may never have had.
        var gone = ours.FindAll(template => template.Approval is not null
            && TemplateForm.MistakeIn(template.ContentSid, provider) is null
            && !listed.Exists(theirs => IsSame(template, theirs)));
        gone.ForEach(template => template.Approval = Template.Missing);
        db.Activity.Add(ActivityEntry.Of(
            caller, "templates.synced", null, null, now, new() { ["added"] = $"{added}", ["updated"] = $"{updated}" }));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new SyncAnswer(added, updated, unchanged, skipped, gone.Count));

        // At Meta a name has a template in each language.
        bool IsSame(Template ours, ProviderTemplate theirs) => ours.ContentSid == theirs.ContentSid
            && (provider is not SenderProvider.Meta || ours.Language == theirs.Language);
    }

    private static async Task<List<ProviderTemplate>?> ListAsync(
        MessagingClient messaging, CancellationToken cancellationToken)
    {
        try
        {
            return await messaging.AskAsync<List<ProviderTemplate>>(
                HttpMethod.Get, "templates", null, Limit, cancellationToken);
        }
        catch (MessagingAwayException)
        {
            return null;
        }
    }

    private static TemplateForm FormOf(ProviderTemplate template) => new()
    {
        Name = template.Name,
        ContentSid = template.ContentSid,
        Language = template.Language,
        Body = template.Body,
        // The samples need not name every variable of the text.
        Variables = [.. MessageText.Parse(template.Body ?? "").Placeholders.Union(template.Variables)],
    };
}

/// <param name="Skipped">Cannot be sent as a text with variables.</param>
/// <param name="Missing">Were in the provider's list once, and are not any more.</param>
internal sealed record SyncAnswer(int Added, int Updated, int Unchanged, int Skipped, int Missing);
