using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Wants an import to be taken back, which is done after the answer.</summary>
internal static class UndoImport
{
    public static async Task<Results<Accepted<ImportAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpRequest request, Caller caller, ImportStore store, ContactImporter importer,
        NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellationToken)
    {
        var language = request.Language();
        var wanted = await store.WishUndoneAsync(id, caller, cancellationToken);
        if (await GetImports.FindAsync(database, id, language, clock.GetUtcNow(), cancellationToken)
            is not { } import)
        {
            return Problems.NotFound("import", id);
        }

        if (!wanted)
        {
            return Problems.Conflict(Refusal(import));
        }

        importer.Wake();
        return TypedResults.Accepted($"/api/contacts/imports/{id}", import);
    }

    private static Remedy Refusal(ImportAnswer import) => import switch
    {
        { State: ImportState.Running, Phase: ImportAnswer.Undoing } =>
            new("The import is being undone already.", "L’annulation de l’import est déjà en cours."),
        { State: ImportState.Pending or ImportState.Running } => new(
            "The import is still running: undo it when it is completed.",
            "L’import est encore en cours : annulez-le quand il sera terminé."),
        { UndoneAt: not null } => new("The import has been undone already.", "L’import a déjà été annulé."),
        { State: ImportState.Failed } => new(
            "The import has failed and has changed no contact.", "L’import a échoué et n’a modifié aucun contact."),
        { Inserted: 0, Updated: 0 } => new(
            "The import has changed no contact.", "L’import n’a modifié aucun contact."),
        _ => new(
            $"The import is older than {ImportStore.Kept.Days} days: what the contacts were before is no longer known.",
            $"L’import date de plus de {ImportStore.Kept.Days} jours : l’état antérieur des contacts n’est plus connu."),
    };
}
