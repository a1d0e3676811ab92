using Microsoft.AspNetCore.Components.Web.Virtualization;

namespace Frontend;

/// <summary>A long list of the API as a virtualised table wants it: by position, read on as far as somebody scrolls.</summary>
public sealed class CursorList<T>(Page<T> first, Func<string, CancellationToken, Task<Page<T>>> more)
{
    private readonly List<T> items = [.. first.Items];
    private string? cursor = first.NextCursor;

    public async ValueTask<ItemsProviderResult<T>> ReadAsync(ItemsProviderRequest request)
    {
        while (items.Count < request.StartIndex + request.Count && cursor is { } next)
        {
            var page = await more(next, request.CancellationToken);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }

        // At the end the true number counts: some may have come or gone since the first page.
        var total = cursor is null ? items.Count : (int)Math.Max(first.Total, items.Count + 1);
        return new(items.Skip(request.StartIndex).Take(request.Count), total);
    }
}
