using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What people enter about a template.</summary>
internal sealed partial record TemplateForm
{
    private const int LongestName = 100;
    private const int MostVariables = 100;

    // https://www.twilio.com/docs/api/errors/63021
    private const int LongestBody = 1024;

    public string? Name { get; init; }

    /// <summary>The template's id at the provider: HX and 32 hexadecimal digits.</summary>
    public string? ContentSid { get; init; }

    public string? Language { get; init; }

    /// <summary>The text as approved, with its variables as <c>{{1}}</c>.</summary>
    public string? Body { get; init; }

    /// <summary>All variables, at least those of the body. Left out, they are read from it.</summary>
    public IReadOnlyList<string?>? Variables { get; init; }

    public bool TryRead([NotNullWhen(true)] out TemplateDetails? details, out FormReader form)
    {
        form = new();
        var name = form.Required("name", Name, LongestName);
        var contentSid = form.Required("contentSid", ContentSid, 34);
        if (!ContentSidShape().IsMatch(contentSid))
        {
            form.Refuse("contentSid", new Remedy(
                "contentSid is HX and 32 hexadecimal digits, as the provider shows it.",
                "L’identifiant commence par HX, suivi de 32 chiffres ou lettres de a à f, comme l’affiche Twilio."));
        }

        if (form.Language("language", Language) is not { } language)
        {
            form.Refuse("language", new Remedy(
                "language is missing: the language tag under which the template was approved.",
                "Indiquez la langue dans laquelle le modèle a été approuvé, comme fr."));
            language = "";
        }

        var body = ReadBody(form);
        var variables = ReadVariables(form, MessageText.Parse(body).Placeholders);
        details = form.IsValid ? new(name, contentSid, language, body, variables) : null;
        return form.IsValid;
    }

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

    private List<string> ReadVariables(FormReader form, IReadOnlyList<string> inBody)
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

        return names;
    }

    private static Remedy NoName(string name) => new(
        $"A variable's name has 1 to 16 letters or digits: {name} is none.",
        $"Le nom d’une variable a 1 à 16 lettres ou chiffres : {name} n’en est pas un.");

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Take(10).Select(name => $"{{{{{(name.Length > 16 ? name[..16] + "…" : name)}}}}}"));

    [GeneratedRegex("^HX[0-9a-fA-F]{32}$", RegexOptions.CultureInvariant)]
    private static partial Regex ContentSidShape();

    // https://www.twilio.com/docs/content/using-variables-with-content-api
    [GeneratedRegex("^[0-9A-Za-z]{1,16}$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}

/// <summary>The same, checked.</summary>
internal sealed record TemplateDetails(
    string Name, string ContentSid, string Language, string Body, IReadOnlyList<string> Variables);
