using Npgsql;
using ServiceDefaults;
using static Services.Campaigns.MessageBook;

namespace Services.Campaigns;

/// <summary>What a report means beyond its message: for the person, and for the sender's campaigns.</summary>
internal static class Consequences
{
    /// <summary>Not in the Sandbox, or no longer: https://www.twilio.com/docs/api/errors/63015.</summary>
    public const string NotJoined = "63015";

    /// <summary>A sender that rests for longer than this does not just catch its breath.</summary>
    private static readonly TimeSpan LongRest = TimeSpan.FromMinutes(10);

    /// <summary>Of what is <paramref name="news"/>; a repeat must not undo what people have done since.</summary>
    public static async Task DrawAsync(
        NpgsqlTransaction transaction, IEnumerable<Entry> news,
        IReadOnlyDictionary<Guid, MessageRows.Change> rows, string mainSender, CancellationToken cancellationToken)
    {
        foreach (var (key, what) in news.Select(entry => (entry.Key, entry.Report)))
        {
            if (key.Id is not { } id || rows.GetValueOrDefault(id)?.Message is not { } message)
            {
                continue;
            }

            if (what is MessageReport.Returned { ErrorCode: { } code, NotBefore: { } end } && end - what.At > LongRest)
            {
                await PauseSenderAsync(
                    transaction, id, mainSender, code, message.Provider, end, what.At, cancellationToken);
            }

            if (what is not MessageReport.Rejected report)
            {
                continue;
            }

            if (report.StopsSender)
            {
                await PauseSenderAsync(
                    transaction, id, mainSender, report.ErrorCode, report.Provider, null, report.At, cancellationToken);
            }

            if (report.ErrorCode is NotJoined && message.ContactId is { } notJoined)
            {
                await transaction.ExecuteAsync("""
                    update contacts set not_joined_at = $2, sandbox_error = $3, updated_at = $2
                    where id = $1 and coalesce(not_joined_at, '-infinity') < $2
                    """, cancellationToken, notJoined, report.At, report.ErrorCode);
            }

            if (OptsOut(report) && message.ContactId is { } optedOut)
            {
                await transaction.ExecuteAsync("""
                    update contacts set opted_out_at = $2, updated_at = $2 where id = $1 and opted_out_at is null
                    """, cancellationToken, optedOut, report.At);
            }
        }
    }

    /// <summary>
    /// All campaigns of the message's sender; until an instant, or until somebody has put right what is wrong. What
    /// names no sender goes from the main one, and a message need not have a campaign.
    /// </summary>
    private static Task<int> PauseSenderAsync(
        NpgsqlTransaction transaction, Guid message, string mainSender, string code, string? provider,
        DateTimeOffset? end, DateTimeOffset at, CancellationToken cancellationToken) => transaction.ExecuteAsync("""
        with stopped as (
            select coalesce(m.sender, c.sender, $6) as sender
            from messages m left join campaigns c on c.id = m.campaign_id where m.id = $1
        ), paused as (
            update campaigns c set
                status = 'paused', status_reason = $2, status_provider = $5, resume_at = $4::timestamptz,
                updated_at = $3
            from stopped where coalesce(c.sender, $6) = stopped.sender and c.status = 'running'
            returning c.id, c.name
        )
        insert into activity (id, at, action, subject_id, subject, details)
        select uuid_v7(), $3, 'campaign.pausedItself', id, name, jsonb_build_object('reason', $2::text) from paused
        """, cancellationToken, message, code, at, end, provider, mainSender);

    /// <summary>
    /// The person opted out at the provider, or stopped our marketing in WhatsApp, which Gupshup passes on.
    /// https://www.twilio.com/docs/api/errors/21610, https://docs.gupshup.io/docs/error-and-status-messages (1012),
    /// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes (131050)
    /// </summary>
    private static bool OptsOut(MessageReport.Rejected report) => (report.Provider, report.ErrorCode) is
        (null or "twilio", "21610") or ("gupshup", "1012") or ("gupshup" or "meta", "131050");
}
