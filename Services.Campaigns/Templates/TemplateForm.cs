using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What people enter about a template.</summary>
internal sealed partial record TemplateForm
{
    private const int LongestName = 100;
    private const int MostVariables = 100;

    // Meta's names are the longest ids: https://developers.facebook.com/docs/whatsapp/message-templates
    private const int LongestContentSid = 512;

    // https://www.twilio.com/docs/api/errors/63021
    private const int LongestBody = 1024;

    public string? Name { get; init; }

    /// <summary>The template's id at the provider: Twilio's HX…, Gupshup's UUID, or its name at Meta.</summary>
    public string? ContentSid { get; init; }

    public string? Language { get; init; }

    /// <summary>The text as approved, with its variables as <c>{{1}}</c>.</summary>
    public string? Body { get; init; }

    /// <summary>All variables, at least those of the body. Left out, they are read from it.</summary>
    public IReadOnlyList<string?>? Variables { get; init; }

    /// <param name="provider">Whose templates are entered.</param>
    /// <param name="details">What was entered, if it is right.</param>
    /// <param name="form">What is wrong with it.</param>
    public bool TryRead(
        SenderProvider provider, [NotNullWhen(true)] out TemplateDetails? details, out FormReader form)
    {
        form = new();
        var name = form.Required("name", Name, LongestName);
        var contentSid = form.Required("contentSid", ContentSid, LongestContentSid);
        if (MistakeIn(contentSid, provider) is { } mistake)
        {
            form.Refuse("contentSid", mistake);
        }

        if (form.Language("language", Language) is not { } language)
        {
            form.Refuse("language", new Remedy(
                "language is missing: the language tag under which the template was approved.",
                "Indiquez la langue dans laquelle le modèle a été approuvé, comme fr."));
            language = "";
        }

        var body = ReadBody(form);
        var variables = ReadVariables(form, provider, MessageText.Parse(body).Placeholders);
        details = form.IsValid ? new(name, contentSid, language, body, variables) : null;
        return form.IsValid;
    }

    /// <summary>What to correct in a template's id, if it cannot be one of this provider's; else null.</summary>
    public static Remedy? MistakeIn(string contentSid, SenderProvider provider) => provider switch
    {
        SenderProvider.Gupshup => GupshupId().IsMatch(contentSid) ? null : new(
            "contentSid is the template's id at Gupshup: a UUID, such as c6aecef6-bcb0-4fb1-8100-28c094e3bc6b, as its "
            + "dashboard shows it.",
            "L’identifiant est celui du modèle chez Gupshup : un UUID, comme c6aecef6-bcb0-4fb1-8100-28c094e3bc6b, tel "
            + "que l’affiche son tableau de bord."),
        SenderProvider.Meta => MetaName().IsMatch(contentSid) ? null : new(
            "contentSid is the template's name at Meta: lower-case letters, digits and underscores, as the WhatsApp "
            + "Manager shows it.",
            "L’identifiant est le nom du modèle chez Meta : lettres minuscules, chiffres et tirets bas, tel que "
            + "l’affiche le gestionnaire WhatsApp."),
        _ => ContentSidShape().IsMatch(contentSid) ? null : new(
            "contentSid is HX and 32 hexadecimal digits, as the provider shows it.",
            "L’identifiant commence par HX, suivi de 32 chiffres ou lettres de a à f, comme l’affiche Twilio."),
    };

    private string ReadBody(FormReader form)
    {
        var body = Body ?? "";
        if (string.IsNullOrWhiteSpace(body))
        {
            form.Refuse("body", new Remedy(
                "body is missing: the template's text, with its variables as {{1}}.",
                "Écrivez le texte du modèle, avec ses variables sous la forme {{1}}."));
        }

        if (body.Length > LongestBody)
        {
            form.Refuse("body", new Remedy(
                $"body has at most {LongestBody} characters, this one has {body.Length}.",
                $"Au plus {LongestBody} caractères sont possibles, il y en a {body.Length}."));
        }

        if (body.Any(letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t')))
        {
            form.Refuse("body", new Remedy(
                "body holds a control character: remove it.", "Il y a un caractère de contrôle : retirez-le."));
        }

        if (MessageText.Parse(body).Mistake is { } mistake)
        {
            form.Refuse("body", mistake);
        }

        return body;
    }

    private List<string> ReadVariables(FormReader form, SenderProvider provider, IReadOnlyList<string> inBody)
    {
        if (inBody.FirstOrDefault(name => !VariableName().IsMatch(name)) is { } odd)
        {
            form.Refuse("body", NoName($"{{{{{odd}}}}}"));
        }

        if (inBody.Count > MostVariables)
        {
            form.Refuse("body", new Remedy(
                $"A template has at most {MostVariables} variables.", $"Un modèle a au plus {MostVariables} variables."));
        }

        var names = Variables?.Select(name => name?.Trim() ?? "").Distinct().ToList() ?? [.. inBody];
        if (inBody.Except(names).ToList() is { Count: > 0 } missing)
        {
            form.Refuse("variables", new Remedy(
                $"The body also has {Listed(missing)}: add it to variables.",
                $"Le texte contient aussi {Listed(missing)} : ajoutez-le aux variables."));
        }

        // More than the body has is fine: buttons, headers and media have variables too.
        if (names.FirstOrDefault(name => !VariableName().IsMatch(name)) is { } bad)
        {
            form.Refuse("variables", NoName($"“{bad}”"));
        }

        // Those who are given the values in their order count them; Meta has names for variables too.
        var counts = provider is SenderProvider.Gupshup
            || (provider is SenderProvider.Meta && names.Exists(name => name.All(char.IsAsciiDigit)));
        if (counts && !Enumerable.Range(1, names.Count).All(number => names.Contains($"{number}")))
        {
            form.Refuse(inBody.Count == names.Count ? "body" : "variables", new Remedy(
                "This provider counts the variables: write {{1}}, {{2}} and so on, without a gap.",
                "Ce fournisseur compte les variables : écrivez {{1}}, {{2}}, etc., sans sauter de nombre."));
        }

        return names;
    }

    private static Remedy NoName(string name) => new(
        $"A variable's name has 1 to 16 letters or digits: {name} is none.",
        $"Le nom d’une variable a 1 à 16 lettres ou chiffres : {name} n’en est pas un.");

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Take(10).Select(name => $"{{{{{(name.Length > 16 ? name[..16] + "…" : name)}}}}}"));

    [GeneratedRegex("^HX[0-9a-fA-F]{32}$", RegexOptions.CultureInvariant)]
    private static partial Regex ContentSidShape();

    // https://docs.gupshup.io/docs/template-messages
    [GeneratedRegex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", RegexOptions.CultureInvariant)]
    private static partial Regex GupshupId();

    // https://developers.facebook.com/docs/whatsapp/message-templates
    [GeneratedRegex("^[a-z0-9_]{1,512}$", RegexOptions.CultureInvariant)]
    private static partial Regex MetaName();

    // https://www.twilio.com/docs/content/using-variables-with-content-api
    [GeneratedRegex("^[0-9A-Za-z]{1,16}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}

/// <summary>The same, checked.</summary>
internal sealed record TemplateDetails(
    string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables);
