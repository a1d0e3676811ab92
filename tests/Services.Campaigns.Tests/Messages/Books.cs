using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Testing;

namespace Services.Campaigns.Tests;

/// <summary>The book on a database of its own, without a dispatcher that would send what the tests put there.</summary>
public sealed class Books(DatabaseFixture databases) : IAsyncLifetime
{
    private readonly List<MessageBook> _books = [];

    public NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>Two, as two replicas have them.</summary>
    internal IReadOnlyList<MessageBook> All => _books;

    internal MessageBook Book => _books[0];

    public async ValueTask InitializeAsync()
    {
        Database = NpgsqlDataSource.Create(await databases.CreateDatabaseAsync());
        var assembly = typeof(MessageBook).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await ExecuteAsync(await reader.ReadToEndAsync());
        }

        var senders = new Senders(Options.Create(new SandboxOptions()), Options.Create(new SendingOptions()));
        for (var replica = 0; replica < 2; replica++)
        {
            // It is only woken, never run.
            var dispatcher = new MessageDispatcher(
                null!, null!, null!, TimeProvider.System, NullLogger<MessageDispatcher>.Instance);
            _books.Add(new(Database, dispatcher, senders, TimeProvider.System));
            await _books[replica].StartAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var book in _books)
        {
            await book.StopAsync(CancellationToken.None);
            book.Dispose();
        }

        await Database.DisposeAsync();
    }

    public async Task<Guid> CampaignAsync(string status = "running", string sender = "+14155238886")
    {
        var (template, campaign) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await ExecuteAsync("""
            insert into templates (id, name, content_sid, language, body, variables, created_at, updated_at)
            values ($1, 'Rappel', 'HX', 'fr', 'Bonjour', '{}', now(), now())
            """, template);
        await ExecuteAsync("""
            insert into campaigns (id, name, status, template_id, variables, audience, sender, created_at, updated_at)
            values ($1, 'Printemps', $2, $3, '{}', '{"all": true}', $4, now(), now())
            """, campaign, status, template, sender);
        return campaign;
    }

    /// <summary>A message whose first order is out, and the contact it goes to.</summary>
    internal async Task<(Guid Id, Guid Contact)> OrderedAsync(Guid campaign, MessageKind kind = MessageKind.Message1)
    {
        var (contact, message) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var phone = $"+336{Guid.NewGuid():N}"[..16];
        await ExecuteAsync(
            "insert into contacts (id, phone, created_at, updated_at) values ($1, $2, now(), now())", contact, phone);
        await ExecuteAsync("""
            with inserted as (
                insert into messages (
                    id, campaign_id, contact_id, kind, phone, status, attempts, queued_at, expires_at, created_at)
                values ($1, $2, $3, $4, $5, 2, 1, now(), now(), now()) returning *)
            insert into campaign_counters as k (campaign_id, kind, status, n)
            select campaign_id, kind, status, 1 from inserted where kind <> 0
            on conflict (campaign_id, kind, status) do update set n = k.n + 1
            """, message, campaign, contact, (short)kind, phone);
        return (message, contact);
    }

    /// <summary>
    /// Enters the reports in one transaction: the book is busy with a report on a locked row while they arrive.
    /// </summary>
    internal async Task<Task[]> EnterAtOnceAsync(params (MessageKey Key, MessageReport Report)[] reports)
    {
        var (busy, _) = await OrderedAsync(await CampaignAsync());
        await using var held = await HoldAsync("select 1 from messages where id = $1 for update", busy);
        var first = Book.EnterAsync(busy, AnyReports.Accepted(1), CancellationToken.None);
        await OneWaitsAsync();
        var entered = reports
            .Select(report => Book.EnterAsync(report.Key, report.Report, CancellationToken.None)).ToArray();
        await held.CloseAsync();
        await first;
        return entered;
    }

    /// <summary>Locks what the statement locks, until the connection is closed.</summary>
    public async Task<NpgsqlConnection> HoldAsync(string sql, params object[] values)
    {
        var connection = await Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("begin", connection);
        await command.ExecuteNonQueryAsync();
        command.CommandText = sql;
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Returns when somebody waits for what is held.</summary>
    public Task OneWaitsAsync() => Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("""
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        """) == 1);

    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Default for null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    internal async Task<MessageStatus> StatusAsync(Guid message) =>
        (MessageStatus)await ScalarAsync<short>("select status from messages where id = $1", message);

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = Database.CreateCommand(sql);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        return command;
    }
}
