using Microsoft.AspNetCore.Http.Features;

namespace ProviderEmulator;

/// <summary>What a provider makes of a call that sends: an order, or its refusal.</summary>
internal readonly record struct Reading(MessageOrder? Order, IRefusal? Refusal)
{
    public static implicit operator Reading(MessageOrder order) => new(order, null);
}

/// <summary>A call that sends a message, with all that goes wrong on purpose: the same for each provider.</summary>
internal sealed class SendCall(
    Deliveries deliveries, IDialect dialect, MessageStore messages, PhoneBook phones, Scenario scenario,
    TimeProvider clock)
{
    private const int Flood = 16 * 1024 * 1024;

    /// <param name="http">Its arrival knows already whom the message is for, as far as the call names anybody.</param>
    /// <param name="read">Called once, unless what goes wrong comes first.</param>
    /// <param name="cancellationToken">The caller has hung up.</param>
    public async Task<IResult> TakeAsync(HttpContext http, Func<Reading> read, CancellationToken cancellationToken)
    {
        var arrival = http.Features.GetRequiredFeature<Arrival>();
        var fault = scenario.NextFault(phones.Find(arrival.To)?.Faults);
        arrival.Fault = fault?.Answer;
        arrival.Callbacks = fault?.Callbacks;

        switch (fault?.Answer)
        {
            case AnswerFault.TooManyRequests:
                return Refuse(dialect.TooManyRequests);
            case AnswerFault.ServerError:
                return Refuse(dialect.ServerError);
            case AnswerFault.Unavailable:
                return Refuse(dialect.Unavailable);
            case AnswerFault.Refuse:
                return Refuse(dialect.Refusal(fault.Status, fault.Code));
            case AnswerFault.CutBefore:
                return Cut();
            case AnswerFault.Silent:
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
                break;
        }

        var (order, refusal) = read();
        if (order is null)
        {
            return Refuse(refusal ?? dialect.ServerError);
        }

        var (message, answer) = Accept(order, arrival.At, fault);
        arrival.Sid = message.Sid;

        switch (fault?.Answer)
        {
            case AnswerFault.AcceptThenError:
                return Refuse(dialect.ServerError);
            case AnswerFault.CutAfter:
                return Cut();
            case AnswerFault.AcceptThenGarbage:
                return Say("<html>It works!</html>");
            case AnswerFault.AcceptThenFlood:
                return Say(new string(' ', Flood));
            case AnswerFault.Slow:
                await Task.Delay(fault.Delay, clock, cancellationToken);
                break;
        }

        return answer;

        IResult Refuse(IRefusal why)
        {
            arrival.Code = why.Code;
            return why.ToResult();
        }

        IResult Say(string text) => TypedResults.Text(text, "text/html", statusCode: dialect.AcceptedStatus);

        IResult Cut()
        {
            http.Abort();
            return TypedResults.Empty;
        }
    }

    private (Message Message, IResult Answer) Accept(MessageOrder order, DateTimeOffset now, Fault? fault)
    {
        var message = new Message(order.Body, MessageStatus.Queued, now)
        {
            Sid = dialect.NewId(order.NumMedia),
            To = order.To,
            From = order.From,
            NumMedia = order.NumMedia,
            ContentSid = order.Content?.Sid,
            StatusCallback = order.StatusCallback,
            Reference = order.Reference,
        };

        var fate = phones.FateOf(order, now);
        fate = order.FailsWith is { } code ? new Fate(MessageStatus.Failed, code) : dialect.Judge(fate);
        messages.Add(message);

        // As it is now: the answer tells the first status, however soon the next one comes.
        var answer = dialect.Answer(message);
        deliveries.Start(message, fate, fault);
        return (message, answer);
    }
}
