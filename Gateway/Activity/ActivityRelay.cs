using Npgsql;
using ServiceDefaults;

namespace Gateway;

/// <summary>
/// Tells Services.Campaigns what its activity log does not know by itself, in order, until it says that it has it. What
/// is told twice counts once, by its id.
/// </summary>
internal sealed partial class ActivityRelay(
    NpgsqlDataSource database, ServiceAddresses services, IHttpClientFactory clients, TimeProvider clock,
    ILogger<ActivityRelay> logger) : BackgroundService
{
    private const int Batch = 100;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Outage _outage = new();

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(nameof(ActivityRelay), http => http.Timeout = Limit);
        builder.Services.AddHostedService<ActivityRelay>();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop; what has not been told is there at the next start.
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken) is { Count: > 0 } notes
                && services.Of("campaigns") is { Count: > 0 } replicas)
            {
                await TellAsync(replicas, notes, cancellationToken);
                await using var command = database.Command(
                    "delete from activity_notes where id = any($1)", notes.Select(note => note.Id).ToArray());
                await command.ExecuteNonQueryAsync(cancellationToken);
            }

            _outage.Ends();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (_outage.Begins())
            {
                LogFailed(exception.Message);
            }
        }
    }

    /// <summary>Whichever replica takes them.</summary>
    private async Task TellAsync(IReadOnlyList<Uri> replicas, List<Note> notes, CancellationToken cancellationToken)
    {
        using var http = clients.CreateClient(nameof(ActivityRelay));
        foreach (var (index, replica) in replicas.Index())
        {
            try
            {
                using var answer = await http.PostAsJsonAsync(
                    new Uri(replica, "internal/activity"), notes, cancellationToken);
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (index < replicas.Count - 1)
            {
                // The next one.
            }
        }
    }

    private async Task<List<Note>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Command($"""
            select id, at, user_name, address, action, subject_id, subject from activity_notes order by id limit {Batch}
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var notes = new List<Note>();
        while (await row.ReadAsync(cancellationToken))
        {
            notes.Add(new(
                row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), Text(2), Text(3), row.GetString(4),
                row.IsDBNull(5) ? null : row.GetGuid(5), Text(6)));
        }

        return notes;

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    /// <summary>As Services.Campaigns takes it.</summary>
    private sealed record Note(
        Guid Id, DateTimeOffset At, string? UserName, string? Address, string Action, Guid? SubjectId, string? Subject);

    [LoggerMessage(LogLevel.Warning, "Sign-ins cannot be told to the activity log, trying on: {Reason}")]
    private partial void LogFailed(string reason);
}
