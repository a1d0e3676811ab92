using FsCheck;
using FsCheck.Fluent;

namespace ProviderEmulator.Tests;

public sealed class ConnectionOverridesTests
{
    [Fact]
    public void Without_a_fragment_a_call_is_repeated_once_if_the_connection_failed()
    {
        var overrides = ConnectionOverrides.Parse("");

        Assert.Equal((1, WebhookFailure.Connection), (overrides.Retries, overrides.Policy));
        Assert.Equal(TimeSpan.FromSeconds(15), overrides.TotalTimeout);
    }

    [Fact]
    public void A_fragment_sets_repeats_reasons_and_limits() => Assert.Equal(
        new ConnectionOverrides(
            3, WebhookFailure.Connection | WebhookFailure.ReadTimeout | WebhookFailure.ServerError,
            TimeSpan.FromMilliseconds(700), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12)),
        ConnectionOverrides.Parse("#rc=3&rp=ct,rt,5xx&ct=700&rt=8000&tt=12000"));

    [Fact]
    public void Whatever_a_fragment_asks_for_the_documented_bounds_hold() =>
        Prop.ForAll<NonNegativeInt, NonNegativeInt>((count, time) =>
        {
            var overrides = ConnectionOverrides.Parse(
                $"#rc={count.Get}&ct={time.Get * 100}&rt={time.Get * 100}&tt={time.Get}");
            return overrides.Retries is >= 0 and <= 5
                && overrides.ConnectTimeout.TotalMilliseconds is >= 100 and <= 10000
                && overrides.ReadTimeout.TotalMilliseconds is >= 100 and <= 15000
                && overrides.TotalTimeout.TotalMilliseconds is >= 100 and <= 15000;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nonsense_in_a_fragment_is_ignored() =>
        Prop.ForAll<NonNull<string>>(text => ConnectionOverrides.Parse("#" + text.Get).Retries is >= 0 and <= 5)
            .QuickCheckThrowOnFailure();
}
