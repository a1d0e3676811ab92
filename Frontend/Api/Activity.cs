using System.Globalization;

namespace Frontend;

/// <summary>Something that somebody did.</summary>
/// <param name="UserName">Null if nobody was signed in; <c>key:NAME</c> for a program with an API key.</param>
/// <param name="Action">What was done to what: <c>campaign.launched</c>.</param>
/// <param name="Address">From where, as long as that is kept.</param>
/// <param name="Subject">The name it had then.</param>
public sealed record ActivityEntry(
    Guid Id, DateTimeOffset At, string? UserName, string Action, Guid? SubjectId, string? Subject,
    IReadOnlyDictionary<string, string>? Details, string? Address = null)
{
    private const string Key = "key:";

    /// <summary>The name of the API key that did it; null for a person.</summary>
    public string? KeyName => KeyOf(UserName);

    public static string? KeyOf(string? userName) =>
        userName?.StartsWith(Key, StringComparison.Ordinal) is true ? userName[Key.Length..] : null;

    /// <summary>Where the subject is; null if it has no page (any more).</summary>
    public string? Path => (Action, SubjectId) switch
    {
        ("campaign.deleted" or "template.deleted" or "segment.deleted" or "contact.erased", _) or (_, null) => null,
        ("contacts.imported" or "contacts.importStarted" or "contacts.importFailed" or "contacts.importUndone", { } id) =>
            $"/contacts/import/{id}",
        ("contact.created" or "contact.changed", { } id) => $"/contacts?contact={id}",
        ("message.sent" or "message.retried", { } id) => $"/inbox/{id}",
        (['c', 'a', 'm', ..], { } id) => $"/campaigns/{id}",
        (['s', 'e', 'g', ..], { } id) => $"/contacts/segments?open={id}",
        (['t', 'e', 'm', ..], { } id) => $"/templates?open={id}",
        _ => null,
    };

    /// <summary>The actions that have a sentence of their own.</summary>
    public static IReadOnlyList<string> Known { get; } =
    [
        "campaign.created", "campaign.changed", "campaign.deleted", "campaign.duplicated", "campaign.launched",
        "campaign.paused", "campaign.pausedItself", "campaign.resumed", "campaign.resumedItself", "campaign.cancelled",
        "campaign.retried", "campaign.messageRetried", "campaign.tested", "campaign.exported",
        "template.created", "template.changed", "template.deleted", "templates.synced", "segment.created",
        "segment.changed", "segment.deleted", "contact.created", "contact.changed", "contact.erased",
        "contacts.importStarted", "contacts.imported", "contacts.importFailed", "contacts.importUndone",
        "contacts.exported", "message.sent", "message.retried", "webhook.unknown", "user.signedIn", "user.signInFailed", "user.created",
        "user.deleted", "key.created", "key.deleted",
    ];

    /// <summary>One of the numbers in the details.</summary>
    public long Number(string name) =>
        long.TryParse(Details?.GetValueOrDefault(name), CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>Which entries; null: whatever.</summary>
/// <param name="Kind">The first part of the action: campaign.</param>
public sealed record ActivityFilter(string? Kind = null, string? UserName = null, Guid? SubjectId = null);
