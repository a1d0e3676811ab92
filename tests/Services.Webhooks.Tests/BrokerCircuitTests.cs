using Testing;

namespace Services.Webhooks.Tests;

public sealed class BrokerCircuitTests
{
    private readonly TestClock _clock = new();
    private readonly BrokerCircuit _circuit;

    public BrokerCircuitTests() => _circuit = new(_clock);

    [Fact]
    public void Two_failures_change_nothing()
    {
        Fail(2);

        Assert.True(_circuit.MayTry());
    }

    [Fact]
    public void After_three_failures_in_a_row_nobody_waits_for_the_broker()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(4.9));

        Assert.False(_circuit.MayTry());
    }

    [Fact]
    public void An_answer_in_between_starts_the_count_anew()
    {
        Fail(2);
        _circuit.Answered();
        Fail(2);

        Assert.True(_circuit.MayTry());
    }

    [Fact]
    public void Every_five_seconds_one_caller_tries()
    {
        Fail(3);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal([true, false, false], [_circuit.MayTry(), _circuit.MayTry(), _circuit.MayTry()]);
    }

    [Fact]
    public void Once_the_broker_has_answered_everybody_uses_it_again()
    {
        Fail(3);
        _circuit.Answered();

        Assert.Equal([true, true], [_circuit.MayTry(), _circuit.MayTry()]);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _circuit.Failed();
        }
    }
}
