using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace TwilioEmulator;

internal sealed class CreateMessage(
    ContentStore contents,
    Deliveries deliveries,
    MessageStore messages,
    PhoneBook phones,
    Scenario scenario,
    SenderRate rate,
    IOptions<EmulatorOptions> options,
    TimeProvider clock)
{
    private const int Flood = 16 * 1024 * 1024;

    public static async Task<IResult> HandleAsync(
        HttpContext http, CreateMessage handler, CancellationToken cancellationToken)
    {
        // The official clients send no body, and no type, when there is no parameter.
        var form = new Dictionary<string, StringValues>(StringComparer.Ordinal);
        if (http.Request.HasFormContentType)
        {
            foreach (var (name, value) in await http.Request.ReadFormAsync(cancellationToken))
            {
                form.Add(name, value);
            }
        }
        else if (http.Request.ContentType is not null || http.Request.ContentLength > 0)
        {
            return TwilioError.UnsupportedMediaType.ToResult();
        }

        return await handler.CreateAsync(http, form, cancellationToken);
    }

    private async Task<IResult> CreateAsync(
        HttpContext http, Dictionary<string, StringValues> form, CancellationToken cancellationToken)
    {
        var arrival = http.Features.GetRequiredFeature<Arrival>();
        arrival.To = form.GetValueOrDefault("To");
        arrival.Body = form.GetValueOrDefault("Body");
        arrival.ContentSid = form.GetValueOrDefault("ContentSid");
        arrival.ContentVariables = form.GetValueOrDefault("ContentVariables");
        arrival.StatusCallback = form.GetValueOrDefault("StatusCallback");

        var fault = scenario.NextFault(phones.Find(arrival.To)?.Faults);
        arrival.Fault = fault?.Answer;
        arrival.Callbacks = fault?.Callbacks;

        switch (fault?.Answer)
        {
            case AnswerFault.TooManyRequests:
                return Refuse(TwilioError.TooManyRequests);
            case AnswerFault.ServerError:
                return Refuse(TwilioError.ServerError);
            case AnswerFault.Unavailable:
                return Refuse(TwilioError.Unavailable);
            case AnswerFault.Refuse:
                return Refuse(new TwilioError(fault.Status, fault.Code, DeliveryErrors.Text(fault.Code)));
            case AnswerFault.CutBefore:
                return Cut();
            case AnswerFault.Silent:
                await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
                break;
        }

        if (!MessageOrder.TryRead(form, options.Value.SandboxNumber, contents, out var order, out var error))
        {
            return Refuse(error);
        }

        if (scenario.IsSandbox && !rate.TryPass(arrival.At))
        {
            return Refuse(TwilioError.TooFast);
        }

        var created = Accept(order, arrival.At, fault);
        arrival.Sid = created.Sid;

        switch (fault?.Answer)
        {
            case AnswerFault.AcceptThenError:
                return Refuse(TwilioError.ServerError);
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

        return TwilioJson.Answer(created, StatusCodes.Status201Created);

        IResult Refuse(TwilioError refusal)
        {
            arrival.Code = refusal.Code;
            return refusal.ToResult();
        }

        static IResult Say(string text) =>
            TypedResults.Text(text, "text/html", statusCode: StatusCodes.Status201Created);

        IResult Cut()
        {
            http.Abort();
            return TypedResults.Empty;
        }
    }

    private MessageResource Accept(MessageOrder order, DateTimeOffset now, Fault? fault)
    {
        var message = new Message(order.Body, MessageStatus.Queued, now)
        {
            Sid = TwilioJson.NewSid(order.NumMedia > 0 ? "MM" : "SM"),
            To = order.To,
            From = order.From,
            NumMedia = order.NumMedia,
            ContentSid = order.Content?.Sid,
            StatusCallback = order.StatusCallback,
        };

        var fate = phones.FateOf(order, now);
        messages.Add(message);

        // As it is now: the answer tells the first status, however soon the next one comes.
        var created = MessageResource.Of(message, options.Value.AccountSid);
        deliveries.Start(message, fate, fault);
        return created;
    }
}
