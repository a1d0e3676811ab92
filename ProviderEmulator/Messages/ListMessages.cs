using System.Globalization;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

internal static class ListMessages
{
    public static IResult Handle(HttpRequest request, MessageStore messages, IOptions<EmulatorOptions> options)
    {
        if (Paging.Read(request.Query, out var paging) is { } refused)
        {
            return refused.ToResult();
        }

        if (SentRange.Read(request.Query, out var sent) is { } badDate)
        {
            return badDate.ToResult();
        }

        var (to, from) = (Filter("To"), Filter("From"));
        var slice = messages.List(
            paging,
            IsPerson(to) ? to : IsPerson(from) ? from : null,
            message => (to is null || message.To == to)
                && (from is null || message.From == from)
                && sent.Holds(message));

        var start = paging.Page * paging.Size;
        return TwilioJson.Answer(new MessageListResource(
            FirstPageUri: Paging.Link(request, paging, 0, null),
            End: start + Math.Max(0, slice.Items.Count - 1),
            PreviousPageUri: slice.HasPrevious && slice.Items.Count > 0
                ? Paging.Link(request, paging, Math.Max(0, paging.Page - 1), Paging.Before(slice.Items[0].Key))
                : null,
            Messages: slice.Items.Select(message => MessageResource.Of(message, options.Value.AccountSid)),
            Uri: request.Path + request.QueryString,
            PageSize: paging.Size,
            Start: start,
            NextPageUri: slice.HasNext && slice.Items.Count > 0
                ? Paging.Link(request, paging, paging.Page + 1, Paging.After(slice.Items[^1].Key))
                : null,
            Page: paging.Page));

        bool IsPerson(string? address) => address is not null && !options.Value.Sends(MessageOrder.Number(address));
        string? Filter(string name) => request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    /// <summary>
    /// <c>DateSent</c>, <c>DateSent&lt;</c>, <c>DateSent&gt;</c>: a GMT day, or an instant; both bounds inclusive. A
    /// message that was never sent has no date and is in no range.
    /// </summary>
    private readonly record struct SentRange(DateTimeOffset? From, DateTimeOffset? Before)
    {
        private static readonly (string Name, bool IsLower, bool IsUpper)[] Filters =
            [("DateSent", true, true), ("DateSent>", true, false), ("DateSent<", false, true)];

        public bool Holds(Message message) =>
            this == default
            || (message.State.Sent is { } sent && (From is null || sent >= From) && (Before is null || sent < Before));

        public static TwilioError? Read(IQueryCollection query, out SentRange range)
        {
            range = default;
            foreach (var (name, isLower, isUpper) in Filters)
            {
                if (!query.TryGetValue(name, out var text))
                {
                    continue;
                }

                if (!TryRead(text.ToString(), out var start, out var end))
                {
                    return TwilioError.BadParameter("DateSent");
                }

                range = new SentRange(isLower ? start : range.From, isUpper ? end : range.Before);
            }

            return null;
        }

        private static bool TryRead(string text, out DateTimeOffset start, out DateTimeOffset end)
        {
            if (DateOnly.TryParseExact(
                    text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                start = new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
                end = start.AddDays(1);
                return true;
            }

            // Twilio keeps whole seconds.
            var isInstant = DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out start);
            end = isInstant ? start.AddSeconds(1) : start;
            return isInstant;
        }
    }
}
