using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>A change of a phone: what is left out stays.</summary>
internal sealed record PhoneSettings
{
    public string? ProfileName { get; init; }

    /// <summary>True: joined now, without a message to the webhook. False: not joined.</summary>
    public bool? Joined { get; init; }

    /// <summary>When it joined, for what happens three days later.</summary>
    public DateTimeOffset? JoinedAt { get; init; }

    /// <summary>When it last wrote, for what happens a day later.</summary>
    public DateTimeOffset? LastWroteAt { get; init; }

    public Behaviour? Behaviour { get; init; }

    public int? RefuseWith { get; init; }

    /// <summary>An empty text turns it off.</summary>
    public AutoReply? AutoReply { get; init; }

    public IReadOnlyList<Fault>? Next { get; init; }

    public IReadOnlyList<Fault>? Always { get; init; }

    public Phone ApplyTo(Phone phone, DateTimeOffset now) => phone with
    {
        ProfileName = ProfileName ?? phone.ProfileName,
        Behaviour = Behaviour ?? phone.Behaviour,
        RefuseWith = RefuseWith ?? phone.RefuseWith,
        AutoReply = AutoReply is null ? phone.AutoReply : AutoReply.Text.Length == 0 ? null : AutoReply,
        JoinedAt = JoinedAt ?? (Joined is { } joined ? joined ? now : null : phone.JoinedAt),
        LastWroteAt = LastWroteAt ?? (Joined is true ? now : phone.LastWroteAt),
        Faults = Next is null && Always is null
            ? phone.Faults
            : new FaultScript(Next ?? [], Always ?? phone.Faults?.Always ?? [], Random.Shared),
    };
}

/// <summary>The virtual phones, as the page and tests see them.</summary>
internal static class PhonesApi
{
    public static RouteGroupBuilder MapPhones(this RouteGroupBuilder control)
    {
        control.MapGet("/phones", List);
        var phone = control.MapGroup("/phones/{number}").AddEndpointFilter<NumberFilter>();
        phone.MapGet("", Get);
        phone.MapPut("", Put);
        phone.MapGet("/messages", (string number, MessageStore messages) =>
            messages.Conversation(Address(number)).Select(MessageView.Of));
        phone.MapPost("/join", Join);
        phone.MapPost("/stop", (string number, Inbox inbox) => Written(inbox.Write(Address(number), "stop", 1)));
        phone.MapPost("/reply", Reply);
        phone.MapPost("/silent", (string number, PhoneBook phones, TimeProvider clock) =>
            Set(number, new PhoneSettings { Behaviour = Behaviour.Silent }, phones, clock));
        phone.MapPost("/refuse", Refuse);
        return control;
    }

    /// <summary>
    /// With so many of the last messages of each phone; so many phones, those with the latest messages first.
    /// </summary>
    private static IEnumerable<PhoneView> List(
        PhoneBook phones, MessageStore store, TimeProvider clock, int messages = 0, int limit = int.MaxValue) =>
        phones.All()
            .Select(phone => (Phone: phone, Conversation: store.Conversation(phone.Address, Math.Max(1, messages))))
            .OrderByDescending(pair => pair.Conversation.Count == 0 ? 0 : pair.Conversation[^1].Key)
            .Take(limit)
            .Select(pair => PhoneView.Of(pair.Phone, clock.GetUtcNow()) with
            {
                Messages = messages > 0 ? [.. pair.Conversation.Select(MessageView.Of)] : null,
            });

    private static IResult Get(string number, PhoneBook phones, TimeProvider clock) =>
        phones.Find(Address(number)) is { } phone
            ? TypedResults.Ok(PhoneView.Of(phone, clock.GetUtcNow()))
            : TypedResults.NotFound();

    private static IResult Put(string number, PhoneSettings settings, PhoneBook phones, TimeProvider clock) =>
        ControlApi.Fault([.. settings.Next ?? [], .. settings.Always ?? []]) ?? Set(number, settings, phones, clock);

    /// <summary>Where there is no Sandbox to join, the phone is set up and writes nothing.</summary>
    private static IResult Join(
        string number, PhoneBook phones, Inbox inbox, IOptions<EmulatorOptions> options, TimeProvider clock) =>
        phones.Set(number, phone => phone) is not { } phone ? TooMany()
        : options.Value.Provider is not Provider.Twilio ? TypedResults.Ok(PhoneView.Of(phone, clock.GetUtcNow()))
        : Written(inbox.Write(Address(number), $"join {options.Value.JoinCode}", 1));

    private static IResult Reply(string number, ReplyRequest reply, Inbox inbox) =>
        reply.Text.Length > 4096 || reply.Times is < 1 or > 100
            ? ControlApi.Problem(400, "A text has at most 4096 characters; times is 1 to 100.")
            : Written(inbox.Write(Address(number), reply.Text, reply.Times));

    private static IResult Refuse(
        string number, [FromBody] RefuseRequest? refusal, PhoneBook phones, TimeProvider clock) =>
        Set(number, new PhoneSettings { Behaviour = Behaviour.Refuses, RefuseWith = refusal?.Code }, phones, clock);

    private static IResult Set(string number, PhoneSettings settings, PhoneBook phones, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return phones.Set(number, phone => settings.ApplyTo(phone, now)) is { } changed
            ? TypedResults.Ok(PhoneView.Of(changed, now))
            : TooMany();
    }

    private static IResult Written(Message? message) => message is null
        ? ControlApi.Problem(409, "This phone has not joined the sandbox, so what it writes goes nowhere: join first.")
        : TypedResults.Accepted((string?)null, MessageView.Of(message));

    private static IResult TooMany() => ControlApi.Problem(409, "There are too many phones: restart the emulator.");

    private static string Address(string number) => MessageOrder.Channel + number;

    private sealed record ReplyRequest(string Text, int Times = 1);

    private sealed record RefuseRequest(int? Code = null);

    private sealed class NumberFilter : IEndpointFilter
    {
        public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
            MessageOrder.IsNumber(context.HttpContext.GetRouteValue("number") as string ?? "")
                ? next(context)
                : ValueTask.FromResult<object?>(
                    ControlApi.Problem(400, "A phone's number is E.164: + and 7 to 15 digits."));
    }
}

internal sealed record PhoneView(
    string Number,
    string ProfileName,
    bool Joined,
    DateTimeOffset? JoinedUntil,
    DateTimeOffset? WindowUntil,
    Behaviour Behaviour,
    int? RefuseWith,
    AutoReply? AutoReply,
    IReadOnlyList<MessageView>? Messages = null)
{
    public static PhoneView Of(Phone phone, DateTimeOffset now) => new(
        phone.Number,
        phone.ProfileName,
        phone.HasJoined(now),
        phone.HasJoined(now) ? phone.JoinedAt + Phone.Membership : null,
        phone.HasOpenWindow(now) ? phone.LastWroteAt + Phone.Window : null,
        phone.Behaviour,
        phone.Behaviour is Behaviour.Refuses ? phone.RefuseWith : null,
        phone.AutoReply);
}

internal sealed record MessageView(
    string Sid, string Direction, string Body, string Status, int? ErrorCode, string? ContentSid, DateTimeOffset At)
{
    public static MessageView Of(Message message) => new(
        message.Sid,
        message.IsInbound ? "inbound" : "outbound",
        message.Body,
        message.State.Status.Word(),
        message.State.ErrorCode,
        message.ContentSid,
        message.Created);
}
