using Contracts;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes in what people write: opens their window, keeps their membership and consent, and lets a reply bring
/// Message 2. The interaction's unique key makes a repeat change nothing.
/// </summary>
internal sealed class Inbox(NpgsqlDataSource database, IOptions<SandboxOptions> sandbox, Senders senders)
{
    public async Task ReceiveAsync(MessageReceived received, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        var interaction = Guid.CreateVersion7(received.ReceivedAt);
        var isNew = await transaction.ExecuteAsync("""
            insert into interactions (id, provider_message_id, contact_id, text, profile_name, received_at, sender)
            select $1, $2, (select id from contacts where phone = $3), $4, $5, $6, $7
            on conflict (provider_message_id) do nothing
            """, cancellationToken, interaction, received.ProviderMessageId, received.From, received.Text,
            received.ProfileName, received.ReceivedAt, senders.Other(received.To)) == 1;
        if (!isNew)
        {
            return;
        }

        var meaning = Meanings.Of(received, sandbox.Value.JoinCode);
        if (meaning is Meaning.Reply)
        {
            await Replies.TakeAsync(transaction, received, interaction, cancellationToken);
        }

        await UpdateContactAsync(transaction, received, meaning, sandbox.Value.HasMembership, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task UpdateContactAsync(
        NpgsqlTransaction transaction, MessageReceived received, Meaning meaning, bool hasMembership,
        CancellationToken cancellationToken)
    {
        var consent = await Consent.ChangeAsync(
            transaction, meaning, received.From, received.ProfileName, received.ReceivedAt, cancellationToken);

        // In the Sandbox "stop" leaves it, and whatever else comes through it proves a membership, of which only a
        // join tells the beginning. https://www.twilio.com/docs/whatsapp/sandbox
        var membership = meaning switch
        {
            _ when !hasMembership => "sandbox_error = sandbox_error",
            Meaning.Stop => "not_joined_at = $2, sandbox_error = null",
            Meaning.Join => "joined_at = $2, not_joined_at = null, sandbox_error = null",
            _ => """
                joined_at = case when joined_at + interval '72 hours' > $2
                    and joined_at > coalesce(not_joined_at, '-infinity') then joined_at else $2 end,
                not_joined_at = null, sandbox_error = null
                """,
        };
        await transaction.ExecuteAsync($"""
            update contacts
            set last_inbound_at = greatest(last_inbound_at, $2), {consent}, {membership}, updated_at = $2
            where phone = $1
            """, cancellationToken, received.From, received.ReceivedAt);
    }
}
