using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace ProviderEmulator;

/// <summary>
/// Which page of a list. Twilio's pages continue after an item, which <c>PageToken</c> names: a list that grows while
/// it is read neither repeats nor skips. A page number alone finds nothing.
/// </summary>
internal sealed record Paging(int Size, int Page, char Direction, long Key)
{
    private const string Older = "PA";
    private const string Newer = "PB";

    public bool IsFirst => Direction == default;

    public bool IsBackward => Direction == Newer[1];

    public static TwilioError? Read(IQueryCollection query, out Paging paging)
    {
        paging = new Paging(50, 0, default, 0);

        if (query.TryGetValue("PageSize", out var size))
        {
            if (!int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 1000)
            {
                return TwilioError.PageSizeTooLarge;
            }

            paging = paging with { Size = number };
        }

        var token = query["PageToken"].ToString();
        var page = 0;
        if (query.TryGetValue("Page", out var text)
            && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out page))
        {
            return TwilioError.BadParameter("Page");
        }

        if (token.Length == 0)
        {
            return page == 0 ? null : TwilioError.BadParameter("Page without PageToken");
        }

        if (token.Length < 2 || token[..2] is not (Older or Newer) || !long.TryParse(
                token.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
        {
            return TwilioError.BadParameter("PageToken");
        }

        paging = paging with { Page = page, Direction = token[1], Key = key };
        return null;
    }

    /// <summary>The address of another page, with the filters of this one.</summary>
    public static string Link(HttpRequest request, Paging paging, int page, string? token)
    {
        var query = request.Query
            .Where(pair => pair.Key is not ("PageSize" or "Page" or "PageToken"))
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value))
            .Append(new("PageSize", paging.Size.ToString(CultureInfo.InvariantCulture)))
            .Append(new("Page", page.ToString(CultureInfo.InvariantCulture)));

        return QueryHelpers.AddQueryString(
            request.Path.Value!, token is null ? query : query.Append(new("PageToken", token)));
    }

    public static string Before(long key) => Newer + key.ToString("x16", CultureInfo.InvariantCulture);

    public static string After(long key) => Older + key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>
    /// Cuts this page out of items in ascending order of their keys; the page itself is newest first.
    /// </summary>
    public Slice<T> Cut<T>(IReadOnlyList<T> ascending, Func<T, long> keyOf, Func<T, bool> matches)
    {
        var found = new List<T>(Math.Min(Size + 1, 64));
        if (IsBackward)
        {
            for (var i = LowerBound(ascending, keyOf, Key + 1); i < ascending.Count && found.Count <= Size; i++)
            {
                Take(ascending[i]);
            }
        }
        else
        {
            var start = IsFirst ? ascending.Count : LowerBound(ascending, keyOf, Key);
            for (var i = start - 1; i >= 0 && found.Count <= Size; i--)
            {
                Take(ascending[i]);
            }
        }

        var more = found.Count > Size;
        if (more)
        {
            found.RemoveAt(Size);
        }

        if (IsBackward)
        {
            found.Reverse();
        }

        return new Slice<T>(found, HasPrevious: IsBackward ? more : !IsFirst, HasNext: IsBackward || more);

        void Take(T item)
        {
            if (matches(item))
            {
                found.Add(item);
            }
        }
    }

    private static int LowerBound<T>(IReadOnlyList<T> ascending, Func<T, long> keyOf, long key)
    {
        var (low, high) = (0, ascending.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = keyOf(ascending[middle]) < key ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}

/// <summary>One page, newest first, and whether there is more on either side.</summary>
internal sealed record Slice<T>(IReadOnlyList<T> Items, bool HasPrevious, bool HasNext);
