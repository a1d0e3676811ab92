using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>How many an audience reaches, while somebody is still choosing it.</summary>
internal static class CountAudience
{
    public static async Task<Results<Ok<PreviewAnswer>, ValidationProblem>> HandleAsync(
        AudienceForm request, CampaignsDbContext db, AudiencePreview preview, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        await Audience.CheckAsync(request.Audience, form, db, cancellationToken);
        var body = request.TemplateId is not { } id ? null
            : await db.Templates.Where(t => t.Id == id).Select(t => t.Body).SingleOrDefaultAsync(cancellationToken);
        if (request.TemplateId is not null && body is null)
        {
            form.Refuse("templateId", Template.Gone(request.TemplateId.Value));
        }

        var variables = Filled(request.Variables, "variables");
        var fallbacks = Filled(request.Fallbacks, "fallbacks");
        return form.IsValid
            ? TypedResults.Ok(await preview.ReadAsync(
                (await request.Audience!.ResolveAsync(db, cancellationToken))!, new(variables, fallbacks), body,
                campaign: null, cancellationToken))
            : form.Problem;

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
}
