using Npgsql;
using Testing;

namespace AppHost.Tests;

public sealed class AppHostProgramTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private static readonly string[] Servers = ["postgres", "rabbitmq"];

    private readonly string folder = Directory.CreateTempSubdirectory("campaigns-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Bad_settings_end_the_start_before_anything_is_started()
    {
        var data = Path.Combine(folder, "data");
        using var program = new AppHostProgram(data, ("GATEWAY_PORT", "0"), ("MESSAGING_REPLICAS", "none"));

        Assert.Equal(2, await program.EndAsync(Soon));
        Assert.Equal(2, program.Errors.Count(line => line.Length > 0));
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public async Task A_missing_server_is_named_with_the_command_that_installs_it()
    {
        using var program = new AppHostProgram(folder, ("CAMPAIGNS_POSTGRES_BIN", folder));

        Assert.Equal(1, await program.EndAsync(Soon));
        var line = Assert.Single(program.Errors, line => line.Length > 0);
        Assert.Contains("PostgreSQL", line, StringComparison.Ordinal);
        Assert.Contains("apt-get install -y postgresql rabbitmq-server", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_leaves_nothing_running_however_it_ends_and_keeps_its_data()
    {
        using (var killed = new AppHostProgram(folder))
        {
            await ServersAreUpAsync(killed);
            await ExecuteAsync("create table kept as select 42 as answer");
            Assert.NotEmpty(Leftovers.Find(folder));

            using (var second = new AppHostProgram(folder))
            {
                Assert.Equal(1, await second.EndAsync(Soon));
                var refusal = Assert.Single(second.Errors, line => line.Length > 0);
                Assert.Contains("CAMPAIGNS_DATA_DIR", refusal, StringComparison.Ordinal);
            }

            killed.Kill();
            await Eventually.BecomesTrueAsync(() => Leftovers.Find(folder).Count == 0);
        }

        using var stopped = new AppHostProgram(folder);
        await ServersAreUpAsync(stopped);
        Assert.Equal(42, await ExecuteAsync("select answer from kept"));

        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(0, await stopped.StopAsync(Soon));
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(11));
        Assert.Empty(Leftovers.Find(folder));
    }

    private static Task ServersAreUpAsync(AppHostProgram program) => Eventually.BecomesTrueAsync(
        () =>
        {
            Assert.False(program.HasExited, string.Join('\n', program.Errors));
            return Servers.All(server => program.Output.Any(line =>
                line.StartsWith(server, StringComparison.Ordinal)
                && line.Contains("is healthy", StringComparison.Ordinal)));
        },
        StartLimit,
        "both servers are healthy");

    private async Task<object?> ExecuteAsync(string sql)
    {
        // The server's own record of its port: https://www.postgresql.org/docs/15/storage-file-layout.html
        var record = await File.ReadAllLinesAsync(Path.Combine(folder, "postgres", "data", "postmaster.pid"));
        var password = await File.ReadAllTextAsync(Path.Combine(folder, "postgres", "password"));
        await using var connection = new NpgsqlConnection(
            $"Host=127.0.0.1;Port={record[3]};Username={PostgresProcess.UserName};Password={password};"
            + "Database=campaignsdb;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
