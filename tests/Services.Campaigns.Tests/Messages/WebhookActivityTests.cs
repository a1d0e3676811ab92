using Npgsql;
using Testing;

namespace Services.Campaigns.Tests;

public class WebhookActivityTests(DatabaseFixture databases)
{
    [Fact]
    public async Task A_database_that_fails_ends_nothing_and_is_told_a_second_later()
    {
        var clock = new TestClock();
        await using var database = NpgsqlDataSource.Create(await databases.CreateDatabaseAsync());
        using var activity = new WebhookActivity(database, clock);
        await activity.StartAsync(CancellationToken.None);
        await Eventually.BecomesTrueAsync(() => clock.WaitingTimers == 1);
        activity.Saw(clock.GetUtcNow());

        await NextSecondAsync(); // there is no table yet
        await ExecuteAsync("""
            create table webhook_activity (only_row boolean primary key default true, last_at timestamptz)
            """);
        await NextSecondAsync();

        Assert.Equal(1, await ExecuteAsync("update webhook_activity set last_at = last_at"));
        await activity.StopAsync(CancellationToken.None);

        async Task NextSecondAsync()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Eventually.BecomesTrueAsync(() => clock.WaitingTimers == 1);
        }

        async Task<int> ExecuteAsync(string sql)
        {
            await using var command = database.CreateCommand(sql);
            return await command.ExecuteNonQueryAsync();
        }
    }
}
