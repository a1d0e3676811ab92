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
    public static TheoryData<string> Carriers => ["twilio", "gupshup", "meta"];

    [Theory]
    [MemberData(nameof(Carriers))]
    public async Task Whatever_happens_in_any_order_everybody_is_reached_once_and_the_books_agree(string carrier)
    {
        await using var world = await World.OpenAsync(databases, carrier switch
        {
            "gupshup" => Carrier.Gupshup,
            "meta" => Carrier.Meta,
            _ => Carrier.Twilio,
        });

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Histories.Count),
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
