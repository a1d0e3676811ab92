using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gateway;

/// <summary>Somebody who can sign in. A session carries the stamp and ends when it changes.</summary>
internal sealed record User(Guid Id, string UserName, string PasswordHash, string Role, Guid Stamp);

/// <summary>What is shown of a user.</summary>
internal sealed record UserEntry(Guid Id, string UserName, string Role, DateTimeOffset CreatedAt);

/// <summary>The users in gatewaydb.</summary>
internal sealed class Users(NpgsqlDataSource database, TimeProvider clock)
{
    // OWASP's figure for PBKDF2 with SHA-512:
    // https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
    private static readonly PasswordHasher<User> Hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    private static readonly User Nobody =
        new(Guid.Empty, "", Hasher.HashPassword(null!, Guid.NewGuid().ToString()), Roles.Viewer, Guid.Empty);

    /// <summary>The user whose name and password these are. Takes as long for a name that nobody has.</summary>
    public async Task<User?> VerifyAsync(string userName, string password, CancellationToken cancellationToken)
    {
        var user = await FindAsync(userName, cancellationToken);
        return Matches(user ?? Nobody, password) ? user : null;
    }

    /// <summary>Whether a session begun with this stamp still holds, and nobody has signed out of it.</summary>
    public async Task<bool> IsCurrentAsync(Guid id, Guid stamp, Guid session, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select 1 from users where id = $1 and stamp = $2 and not exists (select from ended_sessions where id = $3)
            """);
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = stamp });
        command.Parameters.Add(new() { Value = session });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>Ends one session for good: a copy of its cookie is worth nothing either.</summary>
    public async Task EndSessionAsync(Guid session, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            with expired as (delete from ended_sessions where ended_at < $3)
            insert into ended_sessions (id, ended_at) values ($1, $2) on conflict do nothing
            """);
        command.Parameters.Add(new() { Value = session });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() - Session.Lifetime });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<bool> HasAdministratorAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from users where role = 'admin')");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>
    /// Makes sure that <paramref name="userName"/> is an administrator with this password. Does nothing, and so ends no
    /// session, if that is so already.
    /// </summary>
    public async Task EnsureAdministratorAsync(
        string userName, string password, CancellationToken cancellationToken)
    {
        if (await FindAsync(userName, cancellationToken) is { Role: Roles.Admin } user && Matches(user, password))
        {
            return;
        }

        await using var command = database.CreateCommand("""
            insert into users (id, user_name, password_hash, role, stamp, created_at)
            values ($1, $2, $3, 'admin', $4, $5)
            on conflict (lower(user_name)) do update
            set password_hash = excluded.password_hash, role = excluded.role, stamp = excluded.stamp
            """);
        var now = clock.GetUtcNow();
        command.Parameters.Add(new() { Value = Guid.CreateVersion7(now) });
        command.Parameters.Add(new() { Value = userName });
        command.Parameters.Add(new() { Value = Hasher.HashPassword(Nobody, password) });
        command.Parameters.Add(new() { Value = Guid.NewGuid() });
        command.Parameters.Add(new() { Value = now });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds a user; null if the name is taken, in whatever case.</summary>
    public async Task<UserEntry?> CreateAsync(
        Guid id, string userName, string password, string role, Deed deed, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var command = deed.Command(database, """
            insert into users (id, user_name, password_hash, role, stamp, created_at) values ($1, $2, $3, $4, $5, $6)
            on conflict (lower(user_name)) do nothing returning id, user_name as name
            """, id, userName, Hasher.HashPassword(Nobody, password), role, Guid.NewGuid(), now);
        return await command.ExecuteScalarAsync(cancellationToken) is Guid ? new(id, userName, role, now) : null;
    }

    /// <summary>
    /// Somebody has given this name to sign in. What nobody is called is not kept: people type passwords into the wrong
    /// field.
    /// </summary>
    public async Task NoteAsync(Deed deed, string userName, CancellationToken cancellationToken)
    {
        await using var command = deed.Command(database, """
            select id, user_name as name from (select) attempt left join users on lower(user_name) = lower($1)
            """, userName);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<UserEntry?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id, user_name, role, created_at from users where id = $1");
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Entry(reader) : null;
    }

    /// <summary>A page in the order of creation, and how many there are.</summary>
    public async Task<(IReadOnlyList<UserEntry> Found, long Total)> ListAsync(
        Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("select count(*) from users"));
        batch.BatchCommands.Add(new(
            "select id, user_name, role, created_at from users where id > $1 order by id limit $2")
        { Parameters = { new() { Value = after }, new() { Value = limit } } });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var total = reader.GetInt64(0);
        await reader.NextResultAsync(cancellationToken);
        var found = new List<UserEntry>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(Entry(reader));
        }

        return (found, total);
    }

    /// <summary>Removes a user, whose sessions end with it. The first administrator stays.</summary>
    public async Task<bool> DeleteAsync(Guid id, Deed deed, CancellationToken cancellationToken)
    {
        await using var command = deed.Command(
            database, "delete from users where id = $1 and user_name <> $2 returning id, user_name as name", id,
            FirstAdministrator.UserName);
        return await command.ExecuteScalarAsync(cancellationToken) is Guid;
    }

    private async Task<User?> FindAsync(string userName, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select id, user_name, password_hash, role, stamp from users where lower(user_name) = lower($1)
            """);
        command.Parameters.Add(new() { Value = userName });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetGuid(4))
            : null;
    }

    private static UserEntry Entry(NpgsqlDataReader reader) =>
        new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetFieldValue<DateTimeOffset>(3));

    private static bool Matches(User user, string password) =>
        Hasher.VerifyHashedPassword(user, user.PasswordHash, password) != PasswordVerificationResult.Failed;
}
