using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Gateway;

/// <summary>
/// Locks a user name and an address after repeated failures, longer each time. The book is in the database, so the lock
/// holds over restarts and for all replicas.
/// </summary>
/// <remarks>
/// An attempt is entered as a failure before the password is looked at, and struck out if it was right: so a hundred
/// attempts at once are no way around the limit.
/// </remarks>
internal sealed class LoginFailures(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Failures with one user name before it is locked.</summary>
    public const int LimitPerName = 5;

    /// <summary>Failures from one address; more, because people share addresses.</summary>
    public const int LimitPerAddress = 20;

    /// <summary>The first lock; each further failure doubles it, up to <see cref="LongestLock"/>.</summary>
    public static readonly TimeSpan FirstLock = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan LongestLock = TimeSpan.FromMinutes(15);

    /// <summary>Failures are forgotten after this long without another.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>Admits an attempt, or says how long to wait.</summary>
    public async Task<TimeSpan?> EnterAsync(string userName, IPAddress? address, CancellationToken cancellationToken) =>
        await EnterAsync(OfName(userName), LimitPerName, cancellationToken)
        ?? await EnterAsync(OfAddress(address), LimitPerAddress, cancellationToken);

    /// <summary>Strikes out an attempt whose password was right: the name starts anew, the address loses one.</summary>
    public async Task StrikeAsync(string userName, IPAddress? address, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("delete from login_failures where subject = $1 or last_at < $2")
        {
            Parameters = { new() { Value = OfName(userName) }, new() { Value = clock.GetUtcNow() - Memory } },
        });
        batch.BatchCommands.Add(new("""
            update login_failures set failures = failures - 1, locked_until = null where subject = $1 and failures > 0
            """)
        { Parameters = { new() { Value = OfAddress(address) } } });
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<TimeSpan?> EnterAsync(byte[] subject, int limit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var enter = database.CreateCommand("""
            insert into login_failures as known (subject, failures, last_at) values ($1, 1, $2)
            on conflict (subject) do update set
                failures = case when known.last_at < $6 then 1 else known.failures + 1 end,
                last_at = $2,
                locked_until = case when known.last_at >= $6 and known.failures + 1 >= $3
                    then $2 + least($5, $4 * power(2, least(known.failures + 1 - $3, 30))) end
            where known.locked_until is null or known.locked_until <= $2
            """);
        enter.Parameters.Add(new() { Value = subject });
        enter.Parameters.Add(new() { Value = now });
        enter.Parameters.Add(new() { Value = limit });
        enter.Parameters.Add(new() { Value = FirstLock });
        enter.Parameters.Add(new() { Value = LongestLock });
        enter.Parameters.Add(new() { Value = now - Memory });
        if (await enter.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            return null;
        }

        await using var wait = database.CreateCommand(
            "select locked_until - $2 from login_failures where subject = $1");
        wait.Parameters.Add(new() { Value = subject });
        wait.Parameters.Add(new() { Value = now });
        return await wait.ExecuteScalarAsync(cancellationToken) as TimeSpan? ?? TimeSpan.Zero;
    }

    private static byte[] OfName(string userName) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"name {userName.ToLowerInvariant()}"));

    // One subscriber has a whole /64 of IPv6: https://www.rfc-editor.org/rfc/rfc6177
    private static byte[] OfAddress(IPAddress? address)
    {
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        var bytes = address?.GetAddressBytes() ?? [];
        bytes = address?.AddressFamily == AddressFamily.InterNetworkV6 ? bytes[..8] : bytes;
        return SHA256.HashData([.. "address "u8, .. bytes]);
    }
}
