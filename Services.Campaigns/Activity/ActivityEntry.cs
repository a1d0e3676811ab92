using System.Text.Json;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Something that somebody did. Added to the transaction that does it, so that neither is without the other.
/// </summary>
internal sealed class ActivityEntry
{
    /// <summary>
    /// An address is personal data. The French data protection authority holds six months to a year of such a log for
    /// enough. https://www.cnil.fr/fr/la-cnil-publie-une-recommandation-relative-aux-mesures-de-journalisation
    /// </summary>
    private static readonly TimeSpan KeepAddress = TimeSpan.FromDays(183);

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null if nobody was signed in.</summary>
    public string? UserName { get; init; }

    /// <summary>From where; null if nobody asked for it, or it has been forgotten.</summary>
    public string? Address { get; init; }

    /// <summary>What was done to what: <c>campaign.launched</c>.</summary>
    public required string Action { get; init; }

    public Guid? SubjectId { get; init; }

    /// <summary>The subject's name at that time. Never a person's, who may ask to be forgotten.</summary>
    public string? Subject { get; init; }

    /// <summary>Numbers and words that say more.</summary>
    public Dictionary<string, string>? Details { get; init; }

    public static ActivityEntry Of(
        Caller caller, string action, Guid? subjectId, string? subject, DateTimeOffset now,
        Dictionary<string, string>? details = null) => new()
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            UserName = caller.Name,
            Address = caller.Address,
            Action = action,
            SubjectId = subjectId,
            Subject = subject,
            Details = details,
        };

    /// <summary>For a use case that speaks SQL.</summary>
    public Task WriteAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("""
            insert into activity (id, at, user_name, address, action, subject_id, subject, details)
            values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)
            """, cancellationToken, Id, At, UserName, Address, Action, SubjectId, Subject,
            Details is null ? null : JsonSerializer.Serialize(Details));

    /// <summary>Forgets from where people called long ago; who did what stays.</summary>
    public static async Task ForgetAddressesAsync(
        NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.Command("""
            with imports as (
                update contact_imports set address = null, undone_from = null
                where coalesce(address, undone_from) is not null and created_at < $1)
            update activity set address = null where address is not null and at < $1
            """, now - KeepAddress);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
