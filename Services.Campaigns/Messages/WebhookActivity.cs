using System.Data.Common;
using Npgsql;

namespace Services.Campaigns;

/// <summary>Remembers when a webhook last reached us; a thousand a second cost one small write a second.</summary>
internal sealed class WebhookActivity(NpgsqlDataSource database, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private long _lastTicks;

    public void Saw(DateTimeOffset at) => Interlocked.Exchange(ref _lastTicks, at.UtcTicks);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var savedTicks = 0L;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Look, clock, stoppingToken);
            if (Interlocked.Read(ref _lastTicks) is var last && last != savedTicks)
            {
                savedTicks = await TrySaveAsync(new(last, TimeSpan.Zero), stoppingToken) ? last : savedTicks;
            }
        }
    }

    // The database may be away, which is for others to tell: this can wait a second, and must not end the process.
    private async Task<bool> TrySaveAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into webhook_activity as w (last_at) values ($1)
            on conflict (only_row) do update set last_at = greatest(w.last_at, excluded.last_at)
            """);
        command.Parameters.Add(new() { Value = at });
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }
}
