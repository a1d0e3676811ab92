using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>How many an audience reaches, while somebody is still choosing it.</summary>
internal static class CountAudience
{
    public static async Task<Results<Ok<PreviewAnswer>, ValidationProblem>> HandleAsync(
        AudienceForm request, CampaignsDbContext db, AudiencePreview preview, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        await Audience.CheckAsync(request.Audience, form, db, cancellationToken);
        if (request.Variants?.Count > CampaignForm.MostVariants)
        {
            form.Refuse("variants", new Remedy(
                $"variants are at most {CampaignForm.MostVariants}.",
                $"Au plus {CampaignForm.MostVariants} langues sont possibles."));
            return form.Problem;
        }

        var main = await ReadAsync(null, request.TemplateId, request.Variables, request.Fallbacks, "");
        var variants = new List<Wording>();
        foreach (var (place, one) in (request.Variants ?? []).Index())
        {
            variants.Add(await ReadAsync(
                one?.Language, one?.TemplateId, one?.Variables, one?.Fallbacks, $"variants[{place}]."));
        }

        return form.IsValid
            ? TypedResults.Ok(await preview.ReadAsync(
                (await request.Audience!.ResolveAsync(db, cancellationToken))!, new(main, variants), campaign: null,
                cancellationToken))
            : form.Problem;

        async Task<Wording> ReadAsync(
            string? language, Guid? templateId, IReadOnlyDictionary<string, string?>? variables,
            IReadOnlyDictionary<string, string?>? fallbacks, string prefix)
        {
            var own = form.Language($"{prefix}language", language);
            var template = await db.Templates.AsNoTracking()
                .SingleOrDefaultAsync(t => t.Id == templateId, cancellationToken);
            if (templateId is { } id && template is null)
            {
                form.Refuse($"{prefix}templateId", Template.Gone(id));
            }

            return new(
                own ?? template?.Language ?? "", template is null ? null : TemplateContent.Of(template),
                new(Filled(variables, $"{prefix}variables"), Filled(fallbacks, $"{prefix}fallbacks")));
        }

        Dictionary<string, string> Filled(IReadOnlyDictionary<string, string?>? given, string field)
        {
            var filled = new Dictionary<string, string>();
            foreach (var (name, pattern) in given ?? new Dictionary<string, string?>())
            {
                if (form.Optional($"{field}.{name}", pattern, CampaignForm.LongestPattern) is { } text)
                {
                    filled[name] = text;
                }
            }

            return filled;
        }
    }
}

internal sealed record AudienceForm
{
    public Audience? Audience { get; init; }

    /// <summary>For samples of what people would read.</summary>
    public Guid? TemplateId { get; init; }

    /// <summary>As far as they are filled: who lacks a value for one is left out.</summary>
    public IReadOnlyDictionary<string, string?>? Variables { get; init; }

    /// <summary>What stands there for whom a variable would be empty.</summary>
    public IReadOnlyDictionary<string, string?>? Fallbacks { get; init; }

    /// <summary>The same in other languages.</summary>
    public IReadOnlyList<CampaignForm.VariantForm?>? Variants { get; init; }
}
