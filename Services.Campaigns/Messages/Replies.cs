using System.Diagnostics;
using Contracts;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A reply to Message 1: counted once per person and campaign, and answered with Message 2, once.</summary>
internal static class Replies
{
    public static async Task TakeAsync(
        NpgsqlTransaction transaction, MessageReceived received, Guid interaction, CancellationToken cancellationToken)
    {
        if (await FindMessage1Async(transaction, received, cancellationToken) is not { } message1)
        {
            return;
        }

        await transaction.ExecuteAsync(
            "update interactions set message_id = $2 where id = $1", cancellationToken, interaction, message1.Id);
        var change = MessageRows.Change.Begin(message1);
        if (message1.Apply(new MessageReport.Replied(received.ReceivedAt)))
        {
            await MessageRows.SaveAsync(transaction, [change], cancellationToken);
        }

        await AddMessage2Async(transaction, received, message1, message1.CampaignId!.Value, cancellationToken);
    }

    /// <summary>
    /// The message they quoted, else the latest Message 1 that has, or may have, reached them; if there is one, from the
    /// number they wrote to.
    /// </summary>
    private static async Task<CampaignMessage?> FindMessage1Async(
        NpgsqlTransaction transaction, MessageReceived received, CancellationToken cancellationToken)
    {
        var found = await MessageRows.ReadAsync(transaction.Command($"""
            select {MessageRows.Columns} from messages m
            where m.id = (
                select p.id from messages p
                join contacts c on c.id = p.contact_id join campaigns sent on sent.id = p.campaign_id
                where c.phone = $1 and p.kind = 1 and (p.status in (2, 3, 4, 6, 7) or p.error_code = $3)
                order by coalesce($2 in (p.provider_message_id, p.alternative_message_id), false) desc,
                    coalesce(sent.sender = $4, false) desc,
                    coalesce(p.sent_at, p.queued_at) desc
                limit 1)
            for update
            """, received.From, received.RepliedToProviderMessageId ?? "", CampaignMessage.Unconfirmed,
            received.To),
            cancellationToken);
        return found.SingleOrDefault();
    }

    private static async Task AddMessage2Async(
        NpgsqlTransaction transaction, MessageReceived received, CampaignMessage message1, Guid campaignId,
        CancellationToken cancellationToken)
    {
        var pattern = await transaction.ScalarAsync<string>("""
            select message2_body from campaigns
            where id = $1 and status in ('running', 'paused', 'completed')
              and $2 <= $3 + make_interval(hours => message2_within_hours)
            """, cancellationToken,
            campaignId, received.ReceivedAt, message1.SentAt ?? message1.QueuedAt ?? received.ReceivedAt);
        if (pattern is null)
        {
            return;
        }

        var values = new SqlParameters();
        var (campaign, at) = (values.Add(campaignId), values.Add(received.ReceivedAt));
        var text = MessageText.Parse(pattern).ToSql(values.Add);
        var inserted = await transaction.ExecuteAsync($"""
            insert into messages (
                id, campaign_id, contact_id, kind, phone, status, next_attempt_at, text, created_at, trace_parent)
            select uuid_v7(), {campaign}, c.id, 2, c.phone, 0, '-infinity', {text}, {at}, {values.Add(Activity.Current?.Id)}
            from contacts c where c.id = {values.Add(message1.ContactId!.Value)}
            on conflict (campaign_id, contact_id, kind) do nothing
            """, cancellationToken, values.ToArray());
        if (inserted == 1)
        {
            await MessageRows.MoveCountersAsync(
                transaction, [new(campaignId, MessageKind.Message2, (short)MessageStatus.Pending, 1)],
                cancellationToken);
        }
    }
}
