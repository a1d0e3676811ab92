using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Frontend.Tests;

public sealed class CursorListTests
{
    private const int First = 3;
    private const int Step = 7;

    private readonly List<int> _all = [.. Enumerable.Range(0, 100)];
    private readonly List<string?> _asked = [];

    [Fact]
    public void Wherever_somebody_scrolls_they_see_what_is_there() => Prop.ForAll<(byte From, byte Count)[]>(looks =>
    {
        var list = Open();
        return looks.All(look => Shown(list, look.From, look.Count % 40).SequenceEqual(
            _all.Skip(look.From).Take(look.Count % 40)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task What_has_been_seen_is_not_read_again()
    {
        var list = Open();
        await list.ReadAsync(new(0, 20, default));
        _asked.Clear();
        await list.ReadAsync(new(5, 10, default));
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Renewed_it_reads_only_what_is_in_view()
    {
        var list = Open();
        await list.ReadAsync(new(0, 90, default));
        _asked.Clear();
        list.Renew(Read(null));
        _asked.Clear();
        Assert.Equal(Enumerable.Range(60, 5), (await list.ReadAsync(new(60, 5, default))).Items);
        Assert.InRange(_asked.Count, 1, 2);
    }

    [Fact]
    public async Task Renewed_it_shows_nothing_twice_and_misses_nothing_whatever_has_come_and_gone()
    {
        var list = Open();
        await list.ReadAsync(new(0, 60, default));
        _all.RemoveAll(item => item % 5 == 1);
        _all.AddRange(Enumerable.Range(200, 30));
        list.Renew(Read(null));
        var seen = (await list.ReadAsync(new(0, 200, default))).Items;
        Assert.Equal(_all, seen);
        Assert.Equal(_all.Count, (await list.ReadAsync(new(0, 1, default))).TotalItemCount);
    }

    private CursorList<int> Open() => new(Read(null), (cursor, _) => Task.FromResult(Read(cursor)));

    private static IEnumerable<int> Shown(CursorList<int> list, int from, int count) =>
        list.ReadAsync(new(from, count, default)).AsTask().GetAwaiter().GetResult().Items;

    // As the API does it: behind the last item of the part before.
    private Page<int> Read(string? cursor)
    {
        _asked.Add(cursor);
        var after = cursor is null ? -1 : int.Parse(cursor, CultureInfo.InvariantCulture);
        var rest = _all.Where(item => item > after).ToList();
        var items = rest.Take(cursor is null ? First : Step).ToList();
        return new(items, items.Count < rest.Count ? $"{items[^1]}" : null, _all.Count);
    }
}
