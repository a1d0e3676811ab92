using Microsoft.AspNetCore.Components.Web.Virtualization;

namespace Frontend;

/// <summary>
/// A long list of the API as a virtualised table wants it: by position, read on as far as somebody scrolls. It knows
/// where each part of the list begins, so that what is in view can be read again without all that comes before.
/// </summary>
public sealed class CursorList<T>
{
    private readonly Func<string?, CancellationToken, Task<Page<T>>> read;
    private readonly List<Part> parts = [];
    private long total;

    /// <param name="first">What has been read already, from the beginning.</param>
    /// <param name="read">Reads the part that begins at a cursor.</param>
    public CursorList(Page<T> first, Func<string?, CancellationToken, Task<Page<T>>> read)
    {
        this.read = read;
        parts.Add(new(0, null));
        Take(0, first);
    }

    /// <summary>Why something in what was last wanted is missing or old; null if nothing is.</summary>
    public ApiException? Failure { get; private set; }

    /// <summary><see cref="Failure"/> has come or gone.</summary>
    public event Action? FailureChanged;

    /// <summary>All may have changed, and the beginning is <paramref name="first"/> now.</summary>
    public void Renew(Page<T> first)
    {
        foreach (var part in parts)
        {
            part.IsOld = true;
        }

        total = first.Total;
        if (parts.Count == 1 || first.NextCursor == parts[1].Cursor)
        {
            (parts[0].Items, parts[0].IsOld) = (first.Items, false);
        }
    }

    /// <summary>
    /// A table would take the whole page away if this threw: what cannot be read is left out, and the table shows the
    /// places of it. What was read before is better than that.
    /// </summary>
    public async ValueTask<ItemsProviderResult<T>> ReadAsync(ItemsProviderRequest request)
    {
        var (from, end) = (request.StartIndex, request.StartIndex + request.Count);
        var items = new List<T>();
        var failure = default(ApiException);
        for (var index = Math.Max(0, parts.FindLastIndex(part => part.From <= from)); index < parts.Count; index++)
        {
            if (parts[index].From >= end)
            {
                break;
            }

            var part = parts[index];
            if (part.Items is null || part.IsOld)
            {
                try
                {
                    var page = await read(part.Cursor, request.CancellationToken);
                    request.CancellationToken.ThrowIfCancellationRequested(); // another reading has moved the parts
                    Take(index, page);
                }
                catch (ApiException exception)
                {
                    request.CancellationToken.ThrowIfCancellationRequested();
                    failure = exception;
                }
            }

            if (part.Items is null)
            {
                break;
            }

            items.AddRange(part.Items.Where((_, place) => IsWanted(part.From + place)));
        }

        Note(failure);
        return new(items, (int)Math.Max(total, from + items.Count));

        bool IsWanted(int position) => position >= from && position < end;
    }

    private void Note(ApiException? failure)
    {
        var changes = (Failure is null) != (failure is null);
        Failure = failure;
        if (changes)
        {
            FailureChanged?.Invoke();
        }
    }

    // What follows begins where this part ends now. At the end the true number counts: some may have come or gone.
    private void Take(int index, Page<T> page)
    {
        var part = parts[index];
        (part.Items, part.IsOld) = (page.Items, false);
        var next = part.From + page.Items.Count;
        if (page.NextCursor is null)
        {
            total = next;
        }
        else
        {
            total = Math.Max(page.Total, next + 1);
        }

        if (page.NextCursor is null || index + 1 == parts.Count || parts[index + 1].Cursor != page.NextCursor)
        {
            parts.RemoveRange(index + 1, parts.Count - index - 1);
            if (page.NextCursor is { } cursor)
            {
                parts.Add(new(next, cursor));
            }
        }
    }

    private sealed class Part(int from, string? cursor)
    {
        public int From => from;

        public string? Cursor => cursor;

        /// <summary>Null: not read yet.</summary>
        public IReadOnlyList<T>? Items { get; set; }

        /// <summary>To be read again when it is wanted.</summary>
        public bool IsOld { get; set; }
    }
}
