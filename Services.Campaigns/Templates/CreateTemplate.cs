using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class CreateTemplate
{
    public static async Task<Results<Created<TemplateAnswer>, ValidationProblem>> HandleAsync(
        TemplateForm request, MadeId id, Caller caller, CampaignsDbContext db, IOptions<SandboxOptions> sandbox,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (id.MayExist && await db.Templates.FindAsync([id.Value], cancellationToken) is { } made)
        {
            return Answer(made);
        }

        if (!request.TryRead(sandbox.Value.Provider, out var details, out var form))
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var template = Template.Create(details, now, id.Value);
        db.Templates.Add(template);
        db.Activity.Add(ActivityEntry.Of(caller, "template.created", template.Id, template.Name, now));
        await db.SaveChangesAsync(cancellationToken);
        return Answer(template);
    }

    private static Created<TemplateAnswer> Answer(Template template) =>
        TypedResults.Created($"/api/templates/{template.Id}", TemplateAnswer.Of(template));
}
