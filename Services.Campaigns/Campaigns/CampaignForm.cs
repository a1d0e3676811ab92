using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What people enter about a campaign.</summary>
internal sealed record CampaignForm
{
    internal const int LongestName = 200;
    internal const int LongestPattern = 500;

    // https://www.twilio.com/docs/messaging/api/message-resource
    internal const int LongestText = 1600;

    public string? Name { get; init; }

    public Message1Form? Message1 { get; init; }

    /// <summary>Sent once to whoever replies to Message 1 in time.</summary>
    public Message2Form? Message2 { get; init; }

    public Audience? Audience { get; init; }

    /// <summary>Null: at once when launched.</summary>
    public DateTimeOffset? StartAt { get; init; }

    public QuietHoursForm? QuietHours { get; init; }

    /// <summary>Pause when more than this share of what is sent fails: over 0, at most 1, which is never.</summary>
    public double? PauseAtFailureShare { get; init; }

    /// <summary>One of the numbers that send, in E.164; null: the main one.</summary>
    public string? Sender { get; init; }

    /// <param name="From">They may pass midnight.</param>
    /// <param name="To">Then they are over.</param>
    /// <param name="TimeZone">IANA name.</param>
    /// <param name="PerContact">
    /// By each person's own clock, as the country of their number tells; else, and where it tells none, by that of the
    /// time zone.
    /// </param>
    internal sealed record QuietHoursForm(TimeOnly? From, TimeOnly? To, string? TimeZone, bool PerContact = false);

    /// <param name="TemplateId">One of the templates.</param>
    /// <param name="Variables">What fills each of its variables.</param>
    /// <param name="Fallbacks">By variable, a text for whom it would be empty.</param>
    internal sealed record Message1Form(
        Guid? TemplateId, IReadOnlyDictionary<string, string?>? Variables,
        IReadOnlyDictionary<string, string?>? Fallbacks = null);

    internal sealed record Message2Form(string? Body, int WithinHours = 24);

    public async Task<(CampaignDetails? Details, FormReader Form)> ReadAsync(
        CampaignsDbContext db, Senders senders, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        var name = form.Required("name", Name, LongestName);
        var template = await FindTemplateAsync(form, db, cancellationToken);
        var variables = template is null
            ? []
            : ReadVariables(form, template, Message1?.Variables, "message1.variables");
        var fallbacks = ReadFallbacks(form, variables);
        ReadMessage2(form);
        await Audience.CheckAsync(Audience, form, db, cancellationToken);
        var quietHours = ReadQuietHours(form);
        if (PauseAtFailureShare is not (null or (> 0 and <= 1)))
        {
            form.Refuse("pauseAtFailureShare", new Remedy(
                "pauseAtFailureShare is a share over 0 and up to 1, such as 0.2; 1 is never.",
                "Indiquez une part supérieure à 0 et d’au plus 1, comme 0,2 ; 1 signifie jamais."));
        }

        if (Sender is not null && !senders.All.Contains(Sender))
        {
            var all = string.Join(", ", senders.All);
            form.Refuse("sender", new Remedy(
                $"sender is one of the numbers that send: {all}.",
                $"Choisissez l’un des numéros d’envoi\u00A0: {all}."));
        }

        return (form.IsValid
            ? new(name, template!.Id, variables, Message2?.Body, Message2?.WithinHours, Audience!,
                StartAt?.ToUniversalTime(), quietHours, PauseAtFailureShare ?? FailureWatch.UsualShare,
                fallbacks, senders.Other(Sender))
            : null, form);
    }

    private async Task<Template?> FindTemplateAsync(
        FormReader form, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        if (Message1?.TemplateId is not { } id)
        {
            form.Refuse("message1.templateId", new Remedy(
                "message1.templateId is missing: the id of one of your templates.", "Choisissez un modèle."));
            return null;
        }

        var template = await db.Templates.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (template is null)
        {
            form.Refuse("message1.templateId", Template.Gone(id));
        }

        return template;
    }

    /// <summary>
    /// A pattern for each variable of the template; <paramref name="name"/> is the field that holds them.
    /// </summary>
    internal static Dictionary<string, string> ReadVariables(
        FormReader form, Template template, IReadOnlyDictionary<string, string?>? variables, string name)
    {
        var given = variables ?? new Dictionary<string, string?>();
        var missing = template.Variables.Where(
            variable => string.IsNullOrWhiteSpace(given.GetValueOrDefault(variable)));
        var extra = given.Keys.Except(template.Variables);
        foreach (var variable in missing)
        {
            form.Refuse(
                $"{name}.{variable}",
                new Remedy(
                    $"Variable {variable} of the template is not filled: a text, or a field such as {{{{firstName}}}}.",
                    $"La variable {variable} du modèle n’est pas remplie : choisissez un champ ou écrivez un texte."));
        }

        foreach (var variable in extra)
        {
            form.Refuse($"{name}.{variable}", new Remedy(
                $"The template has no variable {variable}: leave it out.",
                $"Le modèle n’a pas de variable {variable} : retirez-la."));
        }

        var patterns = new Dictionary<string, string>();
        foreach (var variable in template.Variables)
        {
            var field = $"{name}.{variable}";
            patterns[variable] = form.Optional(field, given.GetValueOrDefault(variable), LongestPattern) ?? "";
            if (MessageText.Parse(patterns[variable]).Mistake is { } mistake)
            {
                form.Refuse(field, mistake);
            }
        }

        return patterns;
    }

    private Dictionary<string, string> ReadFallbacks(FormReader form, Dictionary<string, string> variables)
    {
        var fallbacks = new Dictionary<string, string>();
        foreach (var (variable, text) in Message1?.Fallbacks ?? new Dictionary<string, string?>())
        {
            var field = $"message1.fallbacks.{variable}";
            fallbacks[variable] = form.Required(field, text, LongestPattern);
            if (!variables.ContainsKey(variable) || fallbacks[variable].Contains("{{", StringComparison.Ordinal))
            {
                form.Refuse(field, new Remedy(
                    $"{field} is a text for one of the template's variables, without fields in braces.",
                    "La valeur de remplacement est un texte sans accolades, pour une variable du modèle."));
            }
        }

        return fallbacks;
    }

    private void ReadMessage2(FormReader form)
    {
        if (Message2 is null)
        {
            return;
        }

        var body = form.FreeText("message2.body", Message2.Body, LongestText);
        if (MessageText.Parse(body).Mistake is { } mistake)
        {
            form.Refuse("message2.body", mistake);
        }

        if (Message2.WithinHours is < 1 or > 720)
        {
            form.Refuse("message2.withinHours", new Remedy(
                "message2.withinHours is a number of hours from 1 to 720.", "Indiquez un nombre d’heures de 1 à 720."));
        }
    }

    private QuietHours? ReadQuietHours(FormReader form)
    {
        if (QuietHours is not { } given)
        {
            return null;
        }

        if (given.TimeZone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(given.TimeZone, out _))
        {
            form.Refuse("quietHours.timeZone", new Remedy(
                "quietHours.timeZone is an IANA name, such as Europe/Paris.",
                "Choisissez un fuseau horaire, comme Europe/Paris."));
        }

        if (given.From is null)
        {
            form.Refuse("quietHours.from", new Remedy(
                "quietHours.from is missing: a time of day, such as 21:00.", "Indiquez une heure, comme 21:00."));
        }

        if (given.To is null)
        {
            form.Refuse("quietHours.to", new Remedy(
                "quietHours.to is missing: a time of day, such as 08:00.", "Indiquez une heure, comme 08:00."));
        }

        if (given.From == given.To)
        {
            form.Refuse("quietHours.to", new Remedy(
                "quietHours.to differs from quietHours.from.", "La fin doit être différente du début."));
        }

        const int most = Services.Campaigns.QuietHours.MostPerContact;
        if (given is { PerContact: true, From: { } from, To: { } to } && to - from > TimeSpan.FromHours(most))
        {
            form.Refuse("quietHours.to", new Remedy(
                $"With quietHours.perContact the quiet hours last at most {most} hours, else wide countries would have no "
                + "other ones left: shorten them, or leave perContact out.",
                $"À l’heure de chacun, les heures calmes durent au plus {most}\u00A0heures, sinon les pays étendus n’en "
                + "auraient plus d’autres\u00A0: raccourcissez-les, ou suivez un seul fuseau."));
        }

        return form.IsValid ? new(given.From!.Value, given.To!.Value, given.TimeZone!, given.PerContact) : null;
    }
}

/// <summary>The same, checked.</summary>
internal sealed record CampaignDetails(
    string Name, Guid TemplateId, Dictionary<string, string> Variables, string? Message2Body, int? Message2WithinHours,
    Audience Audience, DateTimeOffset? StartAt, QuietHours? QuietHours,
    double PauseAtFailureShare = FailureWatch.UsualShare, Dictionary<string, string>? Fallbacks = null,
    string? Sender = null);
