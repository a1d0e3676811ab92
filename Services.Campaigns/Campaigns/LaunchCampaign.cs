using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Freezes template, texts and audience, and lets the campaign run, or wait for its time.</summary>
internal static class LaunchCampaign
{
    private const int MostNamed = 20;

    /// <param name="missingValues">skip: whoever lacks a value is left out, instead of nobody getting anything.</param>
    public static async Task<Results<Accepted<CampaignAnswer>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id, string? missingValues, Caller caller, CampaignsDbContext db, AudienceFreeze freeze,
        MissingValues missing, IOptions<SandboxOptions> sandbox, Senders senders, MessageDispatcher dispatcher,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (missingValues is not (null or "" or "skip"))
        {
            return Problems.Field("missingValues", new Remedy(
                "missingValues is skip, or left out.", "missingValues vaut skip, ou est absent."));
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken) is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        if (campaign.Status is not CampaignStatus.Draft)
        {
            return campaign.Refusal("launched");
        }

        // A template can change, or go, as long as only drafts use it.
        if (await Wordings.TemplatesAsync(campaign, db, cancellationToken) is not { } templates)
        {
            return Campaign.TemplateGone;
        }

        if (templates.Values.Select(template => TemplateForm.MistakeIn(template.ContentSid, sandbox.Value.Provider))
            .FirstOrDefault(mistake => mistake is not null) is { } foreign)
        {
            return Problems.Conflict(new Remedy(
                $"The template is another provider's: give it its id here first. {foreign.English}",
                "Le modèle est celui d’un autre fournisseur : donnez-lui d’abord son identifiant ici. "
                + foreign.French));
        }

        if (templates.Values.FirstOrDefault(one => one.IsBarred) is { } template)
        {
            return Problems.Conflict(template.Approval is Template.Missing
                ? new Remedy(
                    $"The template “{template.Name}” is not at {sandbox.Value.Provider} any more: choose another one, "
                    + "or enter its id anew.",
                    $"Le modèle «\u00A0{template.Name}\u00A0» n’existe plus chez {sandbox.Value.Provider}\u00A0: "
                    + "choisissez-en un autre, ou corrigez son identifiant.")
                : new Remedy(
                    $"WhatsApp does not send the template “{template.Name}”: it is {template.Approval}. Choose another "
                    + "one, or correct it at the provider and synchronise the templates.",
                    $"WhatsApp n’envoie pas le modèle «\u00A0{template.Name}\u00A0»\u00A0: il est "
                    + $"{InFrench(template.Approval)}. Choisissez-en un autre, ou corrigez-le chez le fournisseur puis "
                    + "synchronisez les modèles."));
        }

        if (campaign.Sender is { } gone && senders.Other(gone) is null && gone != senders.Main)
        {
            var all = string.Join(", ", senders.All);
            return Problems.Conflict(new Remedy(
                $"{gone}, the campaign's sender, does not send any more: choose one of {all}.",
                $"{gone}, l’expéditeur de la campagne, n’envoie plus\u00A0: choisissez parmi {all}."));
        }

        if (campaign.Unfilled(templates) is { Count: > 0 } unfilled)
        {
            var names = string.Join(", ", unfilled);
            return Problems.Conflict(new Remedy(
                $"The template has changed: fill its variable {names} in the campaign first.",
                $"Le modèle a changé : remplissez d’abord sa variable {names} dans la campagne."));
        }

        var words = Wordings.Of(campaign, templates);
        if (words.Variants.FirstOrDefault(variant => LanguageChoice.AreSame(variant.Language, words.Main.Language))
            is { Language: var twice })
        {
            return Problems.Conflict(new Remedy(
                $"The template has changed, it is in {twice} now: leave the variant in this language out first.",
                $"Le modèle a changé, il est maintenant en {twice}\u00A0: retirez d’abord la version dans cette "
                + "langue."));
        }

        if (await campaign.Audience.ResolveAsync(db, cancellationToken) is not { } audience)
        {
            return Problems.Conflict(new Remedy(
                "The campaign's segment has been deleted: choose another one.",
                "Le segment de la campagne a été supprimé : choisissez-en un autre."));
        }

        var sql = (NpgsqlTransaction)transaction.GetDbTransaction();
        if (missingValues is not "skip"
            && await missing.CountAsync(sql, audience, words, cancellationToken) is > 0 and var lacking)
        {
            var people = await missing.ReadAsync(sql, audience, words, null, MostNamed, cancellationToken);
            return TypedResults.Problem(
                new Remedy(
                    $"{lacking} of the audience have no value for a variable of the template: fill it in for them "
                    + $"(/api/campaigns/{id}/missing-values lists them), give it a fallback, or launch with "
                    + "?missingValues=skip to leave them out.",
                    $"Une variable du modèle n’a pas de valeur pour {lacking} personnes du public : renseignez-la "
                    + $"(/api/campaigns/{id}/missing-values en donne la liste), donnez-lui une valeur de remplacement, "
                    + "ou lancez avec ?missingValues=skip pour les laisser de côté.").Told(),
                statusCode: StatusCodes.Status409Conflict,
                extensions: new Dictionary<string, object?> { ["missingValues"] = lacking, ["people"] = people });
        }

        var now = clock.GetUtcNow();
        campaign.Audience = audience;
        campaign.TryLaunch(words, campaign.Sender ?? senders.Main, Activity.Current?.Id, now);
        db.Activity.Add(ActivityEntry.Of(caller, "campaign.launched", id, campaign.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        await freeze.NextChunkAsync(sql, campaign, AudienceFreeze.FirstChunk, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        freeze.Wake();
        dispatcher.Wake();
        return TypedResults.Accepted($"/api/campaigns/{id}/stats", CampaignAnswer.Of(campaign));
    }

    private static string InFrench(string? approval) => approval switch
    {
        "rejected" => "refusé",
        "paused" => "suspendu",
        _ => "désactivé",
    };
}
