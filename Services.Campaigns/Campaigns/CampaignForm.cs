using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What people enter about a campaign.</summary>
internal sealed record CampaignForm
{
    internal const int LongestName = 200;
    internal const int LongestPattern = 500;
    internal const int MostVariants = 20;

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
    /// <param name="Variants">The same in other languages; all others get the template above.</param>
    internal sealed record Message1Form(
        Guid? TemplateId, IReadOnlyDictionary<string, string?>? Variables,
        IReadOnlyDictionary<string, string?>? Fallbacks = null, IReadOnlyList<VariantForm?>? Variants = null);

    /// <param name="Language">Of the people who get it, such as fr or fr-CA; null: the template's.</param>
    /// <param name="TemplateId">One of the templates.</param>
    /// <param name="Variables">What fills each of its variables.</param>
    /// <param name="Fallbacks">By variable, a text for whom it would be empty.</param>
    internal sealed record VariantForm(
        string? Language, Guid? TemplateId, IReadOnlyDictionary<string, string?>? Variables = null,
        IReadOnlyDictionary<string, string?>? Fallbacks = null);

    internal sealed record Message2Form(string? Body, int WithinHours = 24);

    public async Task<(CampaignDetails? Details, FormReader Form)> ReadAsync(
        CampaignsDbContext db, Senders senders, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        var name = form.Required("name", Name, LongestName);
        var template = await FindTemplateAsync(
            form, Message1?.TemplateId, "message1.templateId", db, cancellationToken);
        var variables = template is null
            ? []
            : ReadVariables(form, template, Message1?.Variables, "message1.variables");
        var fallbacks = ReadFallbacks(form, variables, Message1?.Fallbacks, "message1.fallbacks");
        var variants = await ReadVariantsAsync(form, template?.Language, db, cancellationToken);
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
                fallbacks, senders.Other(Sender), variants)
            : null, form);
    }

    private static async Task<Template?> FindTemplateAsync(
        FormReader form, Guid? templateId, string field, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        if (templateId is not { } id)
        {
            form.Refuse(field, new Remedy(
                $"{field} is missing: the id of one of your templates.", "Choisissez un modèle."));
            return null;
        }

        var template = await db.Templates.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken);
        if (template is null)
        {
            form.Refuse(field, Template.Gone(id));
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

    private static Dictionary<string, string> ReadFallbacks(
        FormReader form, Dictionary<string, string> variables, IReadOnlyDictionary<string, string?>? given, string name)
    {
        var fallbacks = new Dictionary<string, string>();
        foreach (var (variable, text) in given ?? new Dictionary<string, string?>())
        {
            var field = $"{name}.{variable}";
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

    /// <param name="language">Of the template for everybody; null if there is none.</param>
    private async Task<List<Variant>> ReadVariantsAsync(
        FormReader form, string? language, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        if (Message1?.Variants is not { Count: <= MostVariants } given)
        {
            if (Message1?.Variants is not null)
            {
                form.Refuse("message1.variants", new Remedy(
                    $"message1.variants are at most {MostVariants}.",
                    $"Au plus {MostVariants} langues sont possibles."));
            }

            return [];
        }

        var variants = new List<Variant>();
        foreach (var (place, one) in given.Index())
        {
            var name = $"message1.variants[{place}]";
            var own = form.Language($"{name}.language", one?.Language);
            var template = await FindTemplateAsync(
                form, one?.TemplateId, $"{name}.templateId", db, cancellationToken);
            if (template is null)
            {
                continue;
            }

            var variables = ReadVariables(form, template, one!.Variables, $"{name}.variables");
            var fallbacks = ReadFallbacks(form, variables, one.Fallbacks, $"{name}.fallbacks");
            var variant = new Variant(own ?? template.Language, template.Id, variables, fallbacks);
            if (MistakeIn(variant.Language, language, variants) is { } mistake)
            {
                form.Refuse(own is null ? $"{name}.templateId" : $"{name}.language", mistake);
            }

            variants.Add(variant);
        }

        return variants;
    }

    private static Remedy? MistakeIn(string language, string? main, List<Variant> others) =>
        main is not null && LanguageChoice.AreSame(language, main)
            ? new(
                $"message1's own template is in {main} already: leave this variant out, or take another language.",
                $"Le modèle principal est déjà dans cette langue ({main})\u00A0: choisissez-en une autre, ou retirez "
                + "cette version.")
        : others.Find(other => LanguageChoice.AreSame(language, other.Language)) is { } same
            ? new(
                $"There is a variant in {same.Language} already: each language has one at most.",
                $"Il y a déjà une version dans cette langue ({same.Language})\u00A0: gardez-en une seule.")
        : null;

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
    string? Sender = null, IReadOnlyList<Variant>? Variants = null);
