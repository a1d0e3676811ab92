using AppHost;
using Contracts;

namespace Docs.Tests;

public sealed class GeneratedTests
{
    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Every_setting_stands_in_the_guide_with_its_default(string language)
    {
        IReadOnlyList<string> header = language == "fr"
            ? ["réglage", "signification", "par défaut"]
            : ["setting", "meaning", "default"];
        var rows = SettingDescription.All.Select<SettingDescription, IReadOnlyList<string>>(setting =>
        [
            $"`{setting.Name}`",
            language == "fr" ? setting.French : setting.English,
            setting.Default is "" ? language == "fr" ? "vide" : "empty" : $"`{setting.Default}`",
        ]);

        Generated.Check($"docs/{language}/local-run.md", "settings", Generated.Table([header, .. rows]));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("fr")]
    public void Every_error_code_has_its_row_with_the_words_of_the_pages(string language)
    {
        var files = ErrorFile.ReadAll().OrderBy(file => file.Key == "common").ThenBy(file => file.Key);

        Generated.Check($"docs/{language}/errors.md", "errors", string.Join('\n', files.Select(file =>
            $"## {Heading(file.Key, language)}\n\n{ErrorTable(file.Value.Errors, language)}")));
    }

    private static string Heading(string provider, string language) =>
        provider != "common" ? string.Concat(provider[..1].ToUpperInvariant(), provider.AsSpan(1))
        : language == "fr" ? "Tous les fournisseurs" : "All providers";

    private static string ErrorTable(IEnumerable<ProviderError> errors, string language)
    {
        IReadOnlyList<string> header = language == "fr"
            ? ["code", "ce qui s’est passé", "pourquoi", "que faire", "nouvelle tentative", "qui agit"]
            : ["code", "what happened", "why", "what to do", "retry", "who acts"];
        return Generated.Table([header, .. errors.Select<ProviderError, IReadOnlyList<string>>(error =>
        {
            var text = error.In(language);
            return
            [
                $"`{error.Code}`", Readable(text.Title), Readable(text.Explanation), Readable(text.Action),
                Retry(error.Retry, language), Actor(error.Actor, language),
            ];
        })]);
    }

    // What a code that is a pattern leaves open.
    private static string Readable(string text) => text.Replace("{rest}", "…");

    private static string Retry(RetryAdvice retry, string language) => (retry, language) switch
    {
        (RetryAdvice.Never, "fr") => "non",
        (RetryAdvice.Never, _) => "no",
        (RetryAdvice.Backoff, "fr") => "automatique, trois fois",
        (RetryAdvice.Backoff, _) => "by itself, three times",
        (RetryAdvice.Later, "fr") => "pas avant demain",
        (RetryAdvice.Later, _) => "not before tomorrow",
        (RetryAdvice.Verify, "fr") => "seulement s’il est sûr que rien n’est arrivé",
        (RetryAdvice.Verify, _) => "only if it is certain that nothing arrived",
        _ => throw new ArgumentOutOfRangeException(nameof(retry)),
    };

    private static string Actor(ErrorActor actor, string language) => (actor, language) switch
    {
        (ErrorActor.Nobody, "fr") => "personne",
        (ErrorActor.Nobody, _) => "nobody",
        (ErrorActor.Recipient, "fr") => "le destinataire",
        (ErrorActor.Recipient, _) => "the recipient",
        (ErrorActor.Manager, "fr") => "le responsable de la campagne",
        (ErrorActor.Manager, _) => "the campaign’s manager",
        (ErrorActor.Administrator, "fr") => "l’administrateur",
        (ErrorActor.Administrator, _) => "the administrator",
        (ErrorActor.Provider, "fr") => "le fournisseur",
        (ErrorActor.Provider, _) => "the provider",
        _ => throw new ArgumentOutOfRangeException(nameof(actor)),
    };
}
