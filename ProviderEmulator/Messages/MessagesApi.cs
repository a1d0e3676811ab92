using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>https://www.twilio.com/docs/messaging/api/message-resource</summary>
internal static class MessagesApi
{
    public static RouteGroupBuilder MapMessages(this RouteGroupBuilder api)
    {
        var account = api.MapGroup($"/{TwilioApi.Version}/Accounts/{{accountSid}}");
        account.MapPost("/Messages.json", CreateMessage.HandleAsync);
        account.MapGet("/Messages.json", ListMessages.Handle);
        account.MapGet("/Messages/{sid}.json", Fetch);
        account.MapPost("/Messages/{sid}.json", UpdateAsync);
        account.MapDelete("/Messages/{sid}.json", Delete);
        return api;
    }

    private static IResult Fetch(string sid, MessageStore messages, IOptions<EmulatorOptions> options) =>
        messages.Find(sid) is { } message
            ? TwilioJson.Answer(MessageResource.Of(message, options.Value.AccountSid))
            : TwilioError.NotFound.ToResult();

    private static async Task<IResult> UpdateAsync(
        string sid, HttpRequest request, MessageStore messages, IOptions<EmulatorOptions> options,
        CancellationToken cancellationToken)
    {
        if (!request.HasFormContentType)
        {
            return TwilioError.UnsupportedMediaType.ToResult();
        }

        if (messages.Find(sid) is not { } message)
        {
            return TwilioError.NotFound.ToResult();
        }

        var form = await request.ReadFormAsync(cancellationToken);
        if (form.ContainsKey("Status"))
        {
            // Only scheduled messages can be cancelled, and scheduling needs a messaging service.
            return TwilioError.NotCancelable.ToResult();
        }

        if (!form.TryGetValue("Body", out var body) || body.ToString().Length > 0)
        {
            return TwilioError.BadParameter("Body can only be emptied").ToResult();
        }

        if (message.State.IsUnderway)
        {
            return TwilioError.Unfinished.ToResult();
        }

        message.Redact();
        return TwilioJson.Answer(MessageResource.Of(message, options.Value.AccountSid));
    }

    private static IResult Delete(string sid, MessageStore messages)
    {
        if (messages.Find(sid) is not { } message)
        {
            return TwilioError.NotFound.ToResult();
        }

        if (message.State.IsUnderway)
        {
            return TwilioError.Unfinished.ToResult();
        }

        messages.Remove(message);
        return TypedResults.NoContent();
    }
}
