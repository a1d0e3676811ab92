using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Freezes template, texts and audience, and lets the campaign run, or wait for its time.</summary>
internal static class LaunchCampaign
{
    public static async Task<Results<Accepted<CampaignAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, CampaignsDbContext db, AudienceFreeze freeze, IOptions<SandboxOptions> sandbox,
        MessageDispatcher dispatcher, TimeProvider clock, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.LockCampaignAsync(id, cancellationToken) is not { } campaign)
        {
            return Problems.NotFound("campaign", id);
        }

        var template = await db.Templates.SingleAsync(t => t.Id == campaign.TemplateId, cancellationToken);
        if (!campaign.TryLaunch(template, sandbox.Value.Number, Activity.Current?.Id, clock.GetUtcNow()))
        {
            return campaign.Refusal("launched");
        }

        await db.SaveChangesAsync(cancellationToken);
        // The first chunk at once, which for most campaigns is all of it; the rest follows in the background.
        await freeze.NextChunkAsync((NpgsqlTransaction)transaction.GetDbTransaction(), campaign, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        dispatcher.Wake();
        return TypedResults.Accepted($"/api/campaigns/{id}/stats", CampaignAnswer.Of(campaign));
    }
}
