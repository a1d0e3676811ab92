using FsCheck;
using FsCheck.Fluent;
using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]

namespace Model.Tests;

/// <summary>
/// The ledger and the counters, with the real databases and all code of ours between broker and provider, against a
/// model of the provider: whatever happens, in whatever order, everybody is reached once and the books say so.
/// </summary>
public sealed class LedgerAndCounterTests(DatabaseFixture databases)
{
    [Fact]
    public Task Whatever_happens_in_any_order_everybody_is_reached_once_and_the_books_agree() =>
        CheckAsync(Carrier.Twilio, Histories.Count);

    [Fact]
    public Task The_same_where_only_reports_tell_and_name_our_messages() =>
        CheckAsync(Carrier.Meta, Histories.Count / 2);

    [Fact]
    public Task The_same_where_only_reports_tell_and_name_nothing_of_ours() =>
        CheckAsync(Carrier.Gupshup, Histories.Count / 2);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_told_after_a_day_counts_although_it_had_been_given_up(bool namesOurs)
    {
        await using var world = await World.OpenAsync(databases, namesOurs ? Carrier.Meta : Carrier.Gupshup);

        await RunAsync(world,
        [
            new(Step.Feed, 0), .. All(Step.Deliver), .. All(Step.LoseAnswer), new(Step.Relay, 0), .. All(Step.Deliver),
            new(Step.PassHours, 25), new(Step.Reconcile, 0), new(Step.Relay, 0), .. All(Step.Deliver),
            .. All(Step.MoveOn),
        ]);

        static IEnumerable<Happening> All(Step step) =>
            Enumerable.Range(0, World.People).Select(pick => new Happening(step, pick));
    }

    [Fact]
    public async Task What_is_told_to_have_failed_while_its_call_is_not_settled_has_failed()
    {
        await using var world = await World.OpenAsync(databases, Carrier.Gupshup);

        await RunAsync(world,
        [
            new(Step.Feed, 84), new(Step.Deliver, 62), new(Step.KillMessaging, 3), new(Step.RefusesForNow, 67),
            new(Step.Deliver, 54), new(Step.MoveOn, 23), new(Step.Answer, 85), new(Step.FailForNow, 81),
            new(Step.Relay, 73), new(Step.Deliver, 94), new(Step.PassSeconds, 10), new(Step.ReconcileInVain, 8),
        ]);
    }

    private async Task CheckAsync(Carrier carrier, int histories)
    {
        await using var world = await World.OpenAsync(databases, carrier);

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(histories),
            Prop.ForAll(Histories.Any, history => RunAsync(world, history)));
    }

    private static async Task RunAsync(World world, Happening[] history)
    {
        await world.BeginAsync();
        foreach (var happening in history)
        {
            await world.LetAsync(happening);
            await world.AssertNobodyTwiceAsync();
        }

        await world.SettleAsync();
        await world.AssertNobodyTwiceAsync();
        await world.AssertBooksAgreeAsync();
    }
}
