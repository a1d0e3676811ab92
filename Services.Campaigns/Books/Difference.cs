namespace Services.Campaigns;

/// <summary>Something that two books tell differently.</summary>
internal enum DifferenceKind
{
    /// <summary>The row says sent, delivered or read; the ledger knows of no acceptance.</summary>
    SentWithoutAcceptance,

    /// <summary>The ledger has an acceptance; the row says something else, or there is none.</summary>
    AcceptedButNotSent,

    /// <summary>The ledger has more than one acceptance: somebody may have got it twice.</summary>
    AcceptedTwice,

    /// <summary>The ledger waits for an outcome; the row does not.</summary>
    OpenInLedger,

    /// <summary>The row waits for an outcome; the ledger does not.</summary>
    OpenInRow,

    /// <summary>The ledger has an acceptance; the provider has no such message.</summary>
    MissingAtProvider,

    /// <summary>A counter was not the number of its rows, and has been set right.</summary>
    Counter,
}

/// <summary>What each side says; null: it was not asked, or has nothing.</summary>
/// <param name="Counter">Of which kind and status, e.g. <c>message1.sent</c>; only of counters.</param>
internal sealed record Difference(
    DifferenceKind Kind, Guid? MessageId = null, string? ProviderMessageId = null, string? Row = null,
    string? Ledger = null, string? Counter = null, long? Rows = null, long? Counters = null);

/// <summary>All are counted, the first are kept.</summary>
internal sealed class Differences
{
    /// <summary>As many as a person would look at.</summary>
    private const int Kept = 100;

    private readonly List<Difference> _first = [];

    public long Count { get; private set; }

    public IReadOnlyList<Difference> First => _first;

    public void Add(Difference difference)
    {
        Count++;
        if (_first.Count < Kept)
        {
            _first.Add(difference);
        }
    }

    /// <summary>More of a kind whose first were added.</summary>
    public void AddUnlisted(long more) => Count += more;
}

/// <summary>The kinds of difference in plain words.</summary>
internal static class DifferenceTexts
{
    public static string Text(this DifferenceKind kind, string language) => (kind, language) switch
    {
        (DifferenceKind.SentWithoutAcceptance, "fr") =>
            "La campagne tient ce message pour envoyé, mais le journal des envois n'a aucune acceptation du "
            + "fournisseur.",
        (DifferenceKind.SentWithoutAcceptance, _) =>
            "The campaign holds this message for sent, but the send ledger has no acceptance by the provider.",
        (DifferenceKind.AcceptedButNotSent, "fr") =>
            "Le fournisseur a accepté ce message, mais la campagne ne le sait pas.",
        (DifferenceKind.AcceptedButNotSent, _) =>
            "The provider has accepted this message, but the campaign does not know it.",
        (DifferenceKind.AcceptedTwice, "fr") =>
            "Le fournisseur a accepté ce message plus d'une fois : la personne l'a peut-être reçu deux fois.",
        (DifferenceKind.AcceptedTwice, _) =>
            "The provider has accepted this message more than once: the person may have got it twice.",
        (DifferenceKind.OpenInLedger, "fr") =>
            "Le journal des envois attend encore l'issue de ce message, la campagne ne l'attend plus.",
        (DifferenceKind.OpenInLedger, _) =>
            "The send ledger still waits for this message's outcome, the campaign no longer does.",
        (DifferenceKind.OpenInRow, "fr") =>
            "La campagne attend encore l'issue de ce message, le journal des envois ne l'attend plus.",
        (DifferenceKind.OpenInRow, _) =>
            "The campaign still waits for this message's outcome, the send ledger no longer does.",
        (DifferenceKind.MissingAtProvider, "fr") =>
            "Le fournisseur avait accepté ce message, mais ne l'a pas dans sa liste.",
        (DifferenceKind.MissingAtProvider, _) =>
            "The provider had accepted this message, but does not have it in its list.",
        (DifferenceKind.Counter, "fr") =>
            "Ce compteur n'était pas égal au nombre de ses messages ; il a été corrigé.",
        (DifferenceKind.Counter, _) =>
            "This counter was not the number of its messages; it has been corrected.",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
