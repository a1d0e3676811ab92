using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Gateway;

/// <summary>Somebody who can sign in. A session carries the stamp and ends when it changes.</summary>
internal sealed record User(Guid Id, string UserName, string PasswordHash, string Role, Guid Stamp);

/// <summary>The users in gatewaydb.</summary>
internal sealed class Users(NpgsqlDataSource database, TimeProvider clock)
{
    // OWASP's figure for PBKDF2 with SHA-512: https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
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

    /// <summary>Whether a session begun with this stamp still holds.</summary>
    public async Task<bool> IsCurrentAsync(Guid id, Guid stamp, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select 1 from users where id = $1 and stamp = $2");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = stamp });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
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
            insert into users (id, user_name, password_hash, role, stamp, created_at) values ($1, $2, $3, 'admin', $4, $5)
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

    private static bool Matches(User user, string password) =>
        Hasher.VerifyHashedPassword(user, user.PasswordHash, password) != PasswordVerificationResult.Failed;
}
