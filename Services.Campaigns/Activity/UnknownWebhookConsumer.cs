using Contracts;
using MassTransit;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Keeps what a provider told and nobody understood: one entry a day for each kind, which counts.</summary>
internal sealed class UnknownWebhookConsumer(NpgsqlDataSource database) : IConsumer<UnknownWebhook>
{
    private const int LongestSubject = 200;

    public async Task Consume(ConsumeContext<UnknownWebhook> context)
    {
        var told = context.Message;
        var what = told.What.Length > LongestSubject ? told.What[..LongestSubject] : told.What;
        await using var command = database.Command("""
            insert into activity (id, at, action, subject, details)
            values ($1, $2, 'webhook.unknown', $3, jsonb_build_object('provider', $4::text, 'count', '1'))
            on conflict (id) do update set
                at = excluded.at,
                details = activity.details
                    || jsonb_build_object('count', ((activity.details ->> 'count')::int + 1)::text)
            """,
            DerivedId.Of($"{told.Provider}/{what}/{told.ReceivedAt:yyyy-MM-dd}"), told.ReceivedAt, what, told.Provider);
        await command.ExecuteNonQueryAsync(context.CancellationToken);
    }
}
