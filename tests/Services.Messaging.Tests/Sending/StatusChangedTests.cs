using Contracts;

namespace Services.Messaging.Tests;

[Collection(nameof(Broker))]
public sealed class StatusChangedTests(Messaging messaging)
{
    private readonly FakeTwilio _twilio = messaging.Twilio;
    private readonly EventLog _events = messaging.Events;

    [Fact]
    public async Task A_callback_settles_an_unknown_outcome()
    {
        var order = Order.Text("Bonjour");
        _twilio.BreakList(order.To, true);
        _twilio.Answer(order.To, FakeTwilio.Refuse(500, null));
        await _events.PublishAsync(order);
        await _events.OnlyAsync<OutcomeUnknown>(order.MessageId);

        await ReportAsync(order, "SM7", DeliveryStatus.Delivered);

        var accepted = Assert.IsType<MessageAccepted>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal(("SM7", 1), (accepted.ProviderMessageId, accepted.Attempt));
        _twilio.BreakList(order.To, false);
    }

    [Fact]
    public async Task A_callback_that_overtakes_the_answer_settles_the_attempt_once()
    {
        var order = Order.Text("Bonjour");
        await AnswerAfterCallbackAsync(order, DeliveryStatus.Sent, null);

        Assert.IsType<MessageAccepted>(Assert.Single(_events.For(order.MessageId)));
    }

    [Fact]
    public async Task A_failure_that_overtakes_the_answer_is_not_overwritten_by_it()
    {
        var order = Order.Text("Bonjour");
        await AnswerAfterCallbackAsync(order, DeliveryStatus.Failed, "63024");

        Assert.Equal(
            "63024", Assert.IsType<MessageRejected>(Assert.Single(_events.For(order.MessageId))).ErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reported_failure_becomes_one_verdict_however_often_it_is_reported(bool namesMessage)
    {
        var order = Order.Text("Bonjour") with { Attempt = 2, RetriesUsed = 1 };
        await _events.PublishAsync(order);
        var sid = (await _events.OnlyAsync<MessageAccepted>(order.MessageId)).ProviderMessageId;

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await ReportAsync(order, sid, DeliveryStatus.Failed, "63009", namesMessage);
        }

        var deferred = Assert.IsType<MessageDeferred>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal(("63009", 2), (deferred.ErrorCode, deferred.Attempt));
        Assert.Equal(120, (deferred.NotBefore - deferred.DeferredAt).TotalSeconds, 1.0);
        await ReportAsync(order, sid, DeliveryStatus.Delivered, null, namesMessage);
        await PassAsync();
        Assert.Equal(2, _events.For(order.MessageId).Count);
    }

    [Fact]
    public async Task A_failure_for_good_rejects_the_message()
    {
        var order = Order.Text("Bonjour");
        await _events.PublishAsync(order);
        var sid = (await _events.OnlyAsync<MessageAccepted>(order.MessageId)).ProviderMessageId;

        await ReportAsync(order, sid, DeliveryStatus.Failed, "63016");

        var rejected = Assert.IsType<MessageRejected>((await _events.ForAsync(order.MessageId, 2))[1]);
        Assert.Equal("63016", rejected.ErrorCode);
    }

    [Fact]
    public async Task A_report_of_another_message_under_the_same_attempt_changes_nothing()
    {
        var order = Order.Text("Bonjour");
        await _events.PublishAsync(order);
        await _events.OnlyAsync<MessageAccepted>(order.MessageId);

        await ReportAsync(order, "SM-of-another", DeliveryStatus.Failed, "63016");
        await ReportAsync(Order.Text("Bonjour"), "SM-unknown", DeliveryStatus.Failed, "63016");
        await PassAsync();

        Assert.Single(_events.For(order.MessageId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_report_on_what_was_thought_absent_counts_unless_a_later_attempt_is_out(bool sentAgain)
    {
        var order = Order.Text("Bonjour");
        _twilio.Answer(order.To, FakeTwilio.Refuse(500, null));
        await _events.PublishAsync(order);
        Assert.IsType<MessageDeferred>((await _events.ForAsync(order.MessageId, 2))[1]);
        if (sentAgain)
        {
            _twilio.Answer(order.To, _twilio.AcceptAsync);
            await _events.PublishAsync(order with { Attempt = 2 });
            await _events.ForAsync(order.MessageId, 3);
        }

        await ReportAsync(order, "SM8", DeliveryStatus.Sent);
        await _events.ForAsync(order.MessageId, 3);
        await PassAsync();

        var accepted = Assert.IsType<MessageAccepted>(_events.For(order.MessageId).Skip(2).Single());
        Assert.Equal((sentAgain ? 2 : 1, sentAgain), (accepted.Attempt, accepted.ProviderMessageId != "SM8"));
    }

    /// <summary>The callback is worked through before the provider answers the call.</summary>
    private async Task AnswerAfterCallbackAsync(SendMessage order, DeliveryStatus status, string? code)
    {
        _twilio.Answer(order.To, async context =>
        {
            await ReportAsync(order, "SM9", status, code);
            await _events.ForAsync(order.MessageId);
            await Microsoft.AspNetCore.Http.Results.Json(new { sid = "SM9" }, statusCode: 201).ExecuteAsync(context);
        });
        await _events.PublishAsync(order);
        await _events.ForAsync(order.MessageId);
        await PassAsync();
    }

    private Task ReportAsync(
        SendMessage order, string sid, DeliveryStatus status, string? code = null, bool namesMessage = true) =>
        _events.PublishAsync(new StatusChanged
        {
            Provider = "twilio",
            ProviderMessageId = sid,
            MessageId = namesMessage ? order.MessageId : null,
            Attempt = namesMessage ? order.Attempt : null,
            Status = status,
            ErrorCode = code,
            ReceivedAt = TimeProvider.System.GetUtcNow(),
        });

    /// <summary>Reports and orders published before have been worked through once this returns.</summary>
    private async Task PassAsync()
    {
        var last = Order.Text("Bonjour");
        await _events.PublishAsync(last);
        var sid = (await _events.OnlyAsync<MessageAccepted>(last.MessageId)).ProviderMessageId;
        await ReportAsync(last, sid, DeliveryStatus.Failed, "63016");
        await _events.ForAsync(last.MessageId, 2);
    }
}
