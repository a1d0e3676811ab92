using Contracts;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Keeps the last word on whether webhooks reach us.</summary>
internal sealed class WebhooksCheckedConsumer(NpgsqlDataSource database) : IConsumer<WebhooksChecked>
{
    public async Task Consume(ConsumeContext<WebhooksChecked> context)
    {
        var m = context.Message;
        await using var command = database.Command("""
            insert into webhook_checks as w (reachable, reason, checked_at) values ($1, $2, $3)
            on conflict (only_row) do update set
                reachable = excluded.reachable, reason = excluded.reason, checked_at = excluded.checked_at
            where w.checked_at < excluded.checked_at
            """, m.Reachable, m.Reason, m.CheckedAt);
        await command.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
