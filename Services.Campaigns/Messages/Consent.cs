using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Whether a person wants our messages.</summary>
internal static class Consent
{
    /// <summary>
    /// What changes in the contact's row, with the instant as <c>$2</c>. The last word counts, in whichever order the
    /// words are taken in. Who stops is known from then on.
    /// </summary>
    public static async Task<string> ChangeAsync(
        NpgsqlTransaction transaction, Meaning meaning, string phone, string? profileName, DateTimeOffset at,
        CancellationToken cancellationToken)
    {
        if (meaning is Meaning.Stop)
        {
            // It counts even from somebody who is not on the list: they may be imported later.
            await transaction.ExecuteAsync("""
                insert into contacts (id, phone, first_name, names, created_at, updated_at)
                select $1, $2, $3, $4, $5, $5 where $2 like '+%' on conflict (phone) do nothing
                """, cancellationToken,
                Guid.CreateVersion7(at), phone, profileName, Folded.Of(profileName, null), at);
        }

        if (meaning is Meaning.Start)
        {
            await KeptOptOuts.ForgetAsync(transaction, phone, at, cancellationToken);
        }

        return meaning switch
        {
            Meaning.Stop => """
                opted_out_at = case when consent_at > $2 then opted_out_at else coalesce(opted_out_at, $2) end,
                consent_at = greatest(consent_at, $2)
                """,
            Meaning.Start => """
                opted_out_at = case when consent_at > $2 then opted_out_at end, consent_at = greatest(consent_at, $2)
                """,
            _ => "opted_out_at = opted_out_at",
        };
    }
}
