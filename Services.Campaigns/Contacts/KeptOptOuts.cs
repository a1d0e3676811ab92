using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// That a number has opted out outlives its contact, without the number (0032_opt_outs.sql): whoever comes back, by a
/// file or by hand, is opted out as they were. Until they write START.
/// </summary>
internal static class KeptOptOuts
{
    /// <summary>The contact is about to be erased, or to get another number.</summary>
    public static Task KeepAsync(NpgsqlTransaction transaction, Guid contact, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync("""
            insert into opt_outs_kept (number_hash, at)
            select opt_out_hash(phone), opted_out_at from contacts where id = $1 and opted_out_at is not null
            on conflict (number_hash) do update set at = greatest(opt_outs_kept.at, excluded.at)
            """, cancellationToken, contact);

    /// <summary>The person wants messages again.</summary>
    public static Task ForgetAsync(
        NpgsqlTransaction transaction, string phone, DateTimeOffset at, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "delete from opt_outs_kept where number_hash = opt_out_hash($1) and at <= $2", cancellationToken, phone, at);

    /// <summary>The contact is new, or has another number than before.</summary>
    public static async Task RecallAsync(Contact contact, CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var kept = await db.Database.SqlQuery<DateTimeOffset>(
            $"select at as \"Value\" from opt_outs_kept where number_hash = opt_out_hash({contact.Phone})")
            .ToListAsync(cancellationToken);
        if (kept is [var at] && contact.OptedOutAt is null)
        {
            (contact.OptedOutAt, contact.ConsentAt) = (at, at);
        }
    }

    /// <summary>The contacts of these numbers have just been made by the import.</summary>
    public static async Task RecallAsync(
        NpgsqlTransaction transaction, Guid import, IEnumerable<string> phones, CancellationToken cancellationToken)
    {
        if (await transaction.ScalarAsync<bool>("select exists (select from opt_outs_kept)", cancellationToken))
        {
            await transaction.ExecuteAsync(Planner.ForSome, cancellationToken);
            await transaction.ExecuteAsync("""
                with kept as materialized (
                    select given.phone, k.at
                    from opt_out_salt, unnest($2::text[]) as given (phone), opt_outs_kept k
                    where k.number_hash = sha256(salt || convert_to(given.phone, 'UTF8'))
                )
                update contacts c set opted_out_at = kept.at, consent_at = kept.at from kept
                where c.phone = kept.phone and c.import_id = $1 and c.opted_out_at is null
                """, cancellationToken, import, phones.ToArray());
        }
    }
}
