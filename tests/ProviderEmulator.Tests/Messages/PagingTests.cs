using FsCheck;
using FsCheck.Fluent;

namespace ProviderEmulator.Tests;

public sealed class PagingTests
{
    [Fact]
    public void Pages_of_any_size_put_together_are_the_list_and_going_back_is_the_same_way() =>
        Prop.ForAll<PositiveInt, long[]>((size, numbers) =>
        {
            long[] keys = [.. numbers.Distinct().Order()];
            bool Matches(long key) => key % 3 != 0;

            var paging = new Paging(size.Get, 0, default, 0);
            var pages = new List<Slice<long>>();
            for (var slice = Cut(paging); ; slice = Cut(paging with { Direction = 'A', Key = slice.Items[^1] }))
            {
                pages.Add(slice);
                if (!slice.HasNext)
                {
                    break;
                }
            }

            return pages.SelectMany(page => page.Items).SequenceEqual(keys.Where(Matches).Reverse())
                && pages.Zip(pages.Skip(1)).All(pair => pair.First.Items.SequenceEqual(
                    Cut(paging with { Direction = 'B', Key = pair.Second.Items[0] }).Items))
                && pages.Select(page => page.HasPrevious).SequenceEqual(pages.Select((_, i) => i > 0));

            Slice<long> Cut(Paging page) => page.Cut(keys, key => key, Matches);
        }).QuickCheckThrowOnFailure();
}
