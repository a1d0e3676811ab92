using Microsoft.Extensions.Logging.Abstractions;
using static Services.Campaigns.Tests.AnyReports;

namespace Services.Campaigns.Tests;

public class RecountTests(Books books) : IClassFixture<Books>
{
    private const short Queued = (short)MessageStatus.Queued;
    private const short Sent = (short)MessageStatus.Sent;

    private readonly Recount _recount = new(books.Database, NullLogger<Recount>.Instance);

    [Fact]
    public async Task Right_counters_stay_as_they_are()
    {
        var campaign = await books.CampaignAsync();
        var (id, _) = await books.OrderedAsync(campaign);
        await books.OrderedAsync(campaign, MessageKind.Message2);
        await books.OrderedAsync(campaign, MessageKind.Test);
        await books.Book.EnterAsync(id, Accepted(1), CancellationToken.None);
        await books.Book.EnterAsync(id, new MessageReport.Replied(At(200)), CancellationToken.None);

        var counted = await _recount.RunAsync(campaign, CancellationToken.None);

        Assert.Empty(counted.Corrections);
        var rows = counted.Rows.Of(MessageKind.Message1);
        Assert.Equal((1, 1), (rows.Sent, rows.Replied));
    }

    [Fact]
    public async Task Wrong_counters_are_set_right_and_the_difference_is_told()
    {
        var campaign = await books.CampaignAsync();
        await books.OrderedAsync(campaign);
        await books.OrderedAsync(campaign);
        await books.ExecuteAsync("""
            insert into campaign_counters values ($1, 1, $2, 5), ($1, 2, 100, 3)
            """, campaign, Sent);
        await books.ExecuteAsync(
            "delete from campaign_counters where campaign_id = $1 and status = $2", campaign, Queued);

        var counted = await _recount.RunAsync(campaign, CancellationToken.None);

        Assert.Equal(
            [
                new(campaign, MessageKind.Message1, Queued, 2), new(campaign, MessageKind.Message1, Sent, -5),
                new(campaign, MessageKind.Message2, MessageRows.RepliedCounter, -3),
            ],
            counted.Corrections);
        Assert.Equal(5, counted.Counters.Of(MessageKind.Message1).Sent);
        Assert.Empty((await _recount.RunAsync(campaign, CancellationToken.None)).Corrections);
    }

    [Fact]
    public async Task It_is_exact_while_messages_move_and_others_recount()
    {
        var campaign = await books.CampaignAsync();
        var messages = new List<Guid>();
        while (messages.Count < 150)
        {
            messages.Add((await books.OrderedAsync(campaign)).Id);
        }

        await books.ExecuteAsync(
            "update campaign_counters set n = n + 7 where campaign_id = $1 and status = $2", campaign, Queued);

        var moving = Task.WhenAll(messages.Select(async (id, index) =>
        {
            var book = books.All[index % 2];
            await book.EnterAsync(id, Accepted(1), CancellationToken.None);
            await book.EnterAsync(
                id, new MessageReport.Status(1, Contracts.DeliveryStatus.Read, Accepted(1).ProviderMessageId, At(300)),
                CancellationToken.None);
        }));
        var recounts = 0;
        var corrected = 0L;
        do
        {
            var counted = await Task.WhenAll(
                _recount.RunAsync(campaign, CancellationToken.None),
                _recount.RunAsync(campaign, CancellationToken.None));
            corrected += counted.SelectMany(one => one.Corrections).Sum(delta => delta.N);
            recounts++;
        }
        while (!moving.IsCompleted || recounts < 3);

        await moving;
        Assert.Equal(-7, corrected);
        var end = await _recount.RunAsync(campaign, CancellationToken.None);
        Assert.Empty(end.Corrections);
        Assert.Equal(150, end.Counters.Of(MessageKind.Message1)[MessageStatus.Read]);
    }
}
