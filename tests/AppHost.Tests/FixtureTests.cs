using Npgsql;
using Testing;

namespace AppHost.Tests;

public sealed class FixtureTests(DatabaseFixture databases, BrokerFixture broker)
{
    [Fact]
    public async Task Each_database_is_new_and_empty()
    {
        var (first, second) = (await databases.CreateDatabaseAsync(), await databases.CreateDatabaseAsync());

        Assert.NotEqual(first, second);
        await using var connection = new NpgsqlConnection(first);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace", connection);
        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_broker_speaks()
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(broker.Address.Host, broker.Address.Port, TestContext.Current.CancellationToken);
        Assert.True(socket.Connected);
        Assert.NotEqual("guest", broker.Address.UserInfo.Split(':')[0]);
    }
}
