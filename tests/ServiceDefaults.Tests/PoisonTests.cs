using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using MassTransit;
using Testing;

namespace ServiceDefaults.Tests;

[Trait("needs", "broker")]
public sealed class PoisonTests(BrokerFixture broker, DatabaseFixture databases)
{
    private const string Secret = "Rendez-vous chez +33 6 39 98 12 34";

    public static TheoryData<string, string> Unreadable => new()
    {
        { "this is no JSON", "not JSON" },
        {
            """{ "messageType": ["urn:message:ServiceDefaults.Tests:Note"], "message": { "id": 5, "text": [] } }""",
            "schema"
        },
        { "", "empty" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task What_cannot_be_read_goes_to_the_error_queue_and_the_next_is_handled(string body, string what)
    {
        await using var service = await StartAsync();

        await service.SendBytesAsync(Encoding.UTF8.GetBytes(body));
        var next = await service.SendAsync();

        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(next), what: what);
        var message = await OnlyErrorAsync(service, "_error");
        Assert.NotEmpty(message["reason"]!.GetValue<string>());
        Assert.NotNull(message["messageId"]);
        Assert.NotNull(message["at"]);
    }

    [Fact]
    public async Task A_type_that_nobody_takes_is_set_aside_and_the_next_is_handled()
    {
        await using var service = await StartAsync();

        await service.SendAsync(new Unheard(Guid.NewGuid()));
        var next = await service.SendAsync();

        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(next));
        var message = await OnlyErrorAsync(service, "_skipped");
        Assert.EndsWith("Unheard", message["messageType"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_that_always_throws_gets_four_tries_and_the_reason_tells_no_text_or_number()
    {
        var tries = 0;
        await using var service = await StartAsync(context =>
        {
            if (context.Message.Text != Secret)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref tries);
            throw new InvalidOperationException($"Cannot do \"{Secret}\" for +33639981234 yet.");
        });

        await service.SendAsync(Secret);
        var next = await service.SendAsync();

        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(next));
        var message = await OnlyErrorAsync(service, "_error");
        Assert.Equal(4, tries);
        Assert.Equal("System.InvalidOperationException", message["exceptionType"]!.GetValue<string>());
        Assert.Equal("Cannot do “…” for … yet.", message["reason"]!.GetValue<string>());
        var page = await service.Http.GetStringAsync("/errors");
        Assert.DoesNotContain("Rendez-vous", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Five_megabytes_that_fail_go_to_the_error_queue_and_come_back_whole()
    {
        var fails = true;
        var length = 0;
        await using var service = await StartAsync(context =>
        {
            length = context.Message.Text.Length;
            return fails ? throw new InvalidOperationException("Too long.") : Task.CompletedTask;
        });

        var id = await service.SendAsync(new string('x', 5_000_000));
        await OnlyErrorAsync(service, "_error");
        (fails, length) = (false, 0);

        await PutBackAsync(service, 1);
        await Eventually.BecomesTrueAsync(() => service.Handled.Contains(id));
        Assert.Equal(5_000_000, length);
    }

    [Fact]
    public async Task Put_back_messages_come_through_once_the_cause_is_gone_without_the_traces_of_the_failure()
    {
        var fails = true;
        string[] headers = ["none"];
        await using var service = await StartAsync(context =>
        {
            headers = [.. context.ReceiveContext.TransportHeaders.GetAll().Select(header => header.Key)];
            return fails ? throw new InvalidOperationException("Not yet.") : Task.CompletedTask;
        });
        Guid[] ids = [await service.SendAsync(), await service.SendAsync(), await service.SendAsync()];
        await Eventually.ReturnsAsync(service.ErrorsAsync, queues => queues is [{ } queue] && Count(queue) == 3);
        fails = false;

        await PutBackAsync(service, 3);

        await Eventually.BecomesTrueAsync(() => ids.All(service.Handled.Contains));
        Assert.DoesNotContain(headers, header => header.StartsWith("MT-Fault", StringComparison.Ordinal));
        Assert.Empty(await service.ErrorsAsync());
    }

    [Fact]
    public async Task What_still_fails_returns_to_the_error_queue_and_is_not_put_back_for_ever()
    {
        await using var service = await StartAsync(_ => throw new InvalidOperationException("Never."));
        await service.SendAsync();
        await OnlyErrorAsync(service, "_error");

        await PutBackAsync(service, 1);
        await OnlyErrorAsync(service, "_error");
    }

    [Fact]
    public async Task Only_this_service_s_error_queues_are_put_back_and_not_by_a_page()
    {
        await using var service = await StartAsync();
        using var other = await service.Http.PostAsync("/errors/somebody-else_error/put-back", null);
        using var itself = await service.Http.PostAsync($"/errors/{service.Queue}/put-back", null);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/errors/{service.Queue}_error/put-back");
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var page = await service.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, itself.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Equal(0, await service.PutBackAsync($"{service.Queue}_error"));
    }

    /// <summary>So many in all: what has just been looked at may be still on its way back into the queue.</summary>
    private static async Task PutBackAsync(NoteService service, int count)
    {
        var back = 0;
        await Eventually.BecomesTrueAsync(
            async () => (back += await service.PutBackAsync($"{service.Queue}_error")) >= count);
        Assert.Equal(count, back);
    }

    private static uint Count(JsonNode queue) => queue["count"]!.GetValue<uint>();

    private static async Task<JsonNode> OnlyErrorAsync(NoteService service, string suffix)
    {
        var queues = await Eventually.ReturnsAsync(
            service.ErrorsAsync, queues => queues is [{ } queue] && Count(queue) == 1);
        Assert.Equal(service.Queue + suffix, queues[0]!["queue"]!.GetValue<string>());
        return queues[0]!["messages"]![0]!;
    }

    private async Task<NoteService> StartAsync(Func<ConsumeContext<Note>, Task>? handle = null) =>
        await NoteService.StartAsync(broker.Address, await databases.CreateDatabaseAsync(), handle);
}
