using Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Messaging.Tests;

public sealed class RetryPolicyTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly Arbitrary<DateTimeOffset> Instants = Gen.Choose(0, int.MaxValue)
        .Select(seconds => DateTimeOffset.FromUnixTimeSeconds(seconds)).ToArbitrary();

    // And of the Twilio plan, property 12
    [Theory]
    [InlineData(1, 60)]
    [InlineData(2, 120)]
    [InlineData(3, 240)]
    public void Property_10_of_the_Gupshup_plan_the_nth_retry_waits_60_times_2_to_the_n_minus_1_seconds(
        int retry, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RetryPolicy.Delay(Minute, retry));

    // And of the Twilio plan, property 12
    [Fact]
    public void Property_10_of_the_Gupshup_plan_a_passing_fault_is_retried_three_times_and_then_never() =>
        Prop.ForAll(Instants, Gen.Choose(0, 6).ToArbitrary(), Gen.Choose(1, 600).ToArbitrary(), (now, used, seconds) =>
        {
            var baseDelay = TimeSpan.FromSeconds(seconds);
            var notBefore = RetryPolicy.NotBefore(Error(RetryAdvice.Backoff), used, null, now, baseDelay);
            return used < 3 ? notBefore == now + baseDelay * (1 << used) : notBefore is null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_retry_never_comes_before_what_the_provider_asked_for() =>
        Prop.ForAll(Instants, Gen.Choose(0, 2).ToArbitrary(), Gen.Choose(0, 3600).ToArbitrary(), (now, used, seconds) =>
            RetryPolicy.NotBefore(Error(RetryAdvice.Backoff), used, TimeSpan.FromSeconds(seconds), now, Minute)
                is { } notBefore
            && notBefore >= now.AddSeconds(seconds) && notBefore >= now + RetryPolicy.Delay(Minute, used + 1))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void What_may_help_later_is_not_tried_again_on_the_same_day() =>
        Prop.ForAll(Instants, Gen.Elements("63038", "30003").ToArbitrary(), (now, code) =>
            RetryPolicy.NotBefore(Error(RetryAdvice.Later, code), 0, null, now, Minute) is { } notBefore
            && notBefore.UtcDateTime.Date > now.UtcDateTime.Date && notBefore <= now.AddDays(1))
            .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(RetryAdvice.Never)]
    [InlineData(RetryAdvice.Verify)]
    public void What_no_retry_helps_and_what_may_have_arrived_is_not_tried_again(RetryAdvice advice) =>
        Assert.Null(RetryPolicy.NotBefore(Error(advice), 0, null, DateTimeOffset.UnixEpoch, Minute));

    [Fact]
    public void The_daily_limit_halts_the_sender_until_the_next_day_in_UTC() =>
        Prop.ForAll(Instants, now =>
            RetryPolicy.HaltAfter(new SendResult.Refused("63038", TimeSpan.FromSeconds(1)), now) is { } halt
            && halt.Until.UtcDateTime == now.UtcDateTime.Date.AddDays(1) && halt.Code == "63038")
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_sender_rests_as_long_as_the_provider_asks_and_briefly_when_it_cannot_be_reached()
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(
            new Halt(now.AddSeconds(7), "20429"),
            RetryPolicy.HaltAfter(new SendResult.Refused("20429", TimeSpan.FromSeconds(7)), now));
        Assert.Equal(
            new Halt(now.AddSeconds(6), "not_connected"),
            RetryPolicy.HaltAfter(new SendResult.NotSent("no route", Connected: false), now));
    }

    [Fact]
    public void One_messages_fault_does_not_halt_its_sender()
    {
        SendResult[] results =
        [
            new SendResult.Accepted("SM1"), new SendResult.Refused("63015"), new SendResult.Unknown("HTTP 500"),
            new SendResult.NotSent("too late", Connected: true),
        ];

        Assert.All(results, result => Assert.Null(RetryPolicy.HaltAfter(result, DateTimeOffset.UnixEpoch)));
    }

    private static ProviderError Error(RetryAdvice advice, string code = "1") =>
        new(code, advice, ErrorActor.Nobody, false, new("", "", ""), new("", "", ""));
}
