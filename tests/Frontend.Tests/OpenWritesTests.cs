using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Testing;

namespace Frontend.Tests;

/// <summary>Trying again, against a gateway whose answers are lost or not the service's.</summary>
public sealed class OpenWritesTests : IAsyncLifetime
{
    private static readonly Guid Person = Guid.CreateVersion7();

    private readonly ConcurrentQueue<(string Path, string? Key)> _calls = new();
    private readonly TestClock _clock = new();
    private readonly OpenWrites _writes;
    private readonly WebApplication _gateway;
    private Func<HttpContext, Task> _answer = WrittenAsync;

    public OpenWritesTests()
    {
        _writes = new(_clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _gateway = builder.Build();
        _gateway.Map("/api/{**rest}", context =>
        {
            _calls.Enqueue((context.Request.Path, context.Request.Headers["Idempotency-Key"]));
            return _answer(context);
        });
    }

    public async ValueTask InitializeAsync() => await _gateway.StartAsync();

    public async ValueTask DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Who_tries_again_after_no_answer_brings_the_same_key_and_the_next_message_another()
    {
        _answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var failure = await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes, at 3!"));
        Assert.True(failure.MayPass);

        _answer = WrittenAsync;
        await ReplyAsync("Yes, at 3!");
        await ReplyAsync("Yes, at 3!"); // said a second time, and meant so

        var keys = _calls.Select(call => call.Key).ToList();
        Assert.All(keys, Assert.NotNull);
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[1], keys[2]);
    }

    [Theory]
    [InlineData(StatusCodes.Status502BadGateway, null, true)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, "5", true)]
    [InlineData(StatusCodes.Status409Conflict, "1", true)] // the first try is still being worked on
    [InlineData(StatusCodes.Status409Conflict, null, false)]
    [InlineData(StatusCodes.Status400BadRequest, null, false)]
    public async Task Only_an_answer_of_the_service_itself_ends_a_try(int status, string? retryAfter, bool isSame)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes"));
        _answer = WrittenAsync;
        await ReplyAsync("Yes");

        var keys = _calls.Select(call => call.Key).ToList();
        Assert.Equal(isSame, keys[0] == keys[1]);
    }

    [Fact]
    public async Task The_same_words_long_after_no_answer_are_meant_once_more()
    {
        _answer = AwayAsync;
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes"));
        _clock.Advance(TimeSpan.FromMinutes(9));
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes"));

        var keys = _calls.Select(call => call.Key).ToList();
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[1], keys[2]);
    }

    [Fact]
    public async Task Other_words_or_another_address_are_another_request()
    {
        _answer = AwayAsync;
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("Yes"));
        await Assert.ThrowsAsync<ApiException>(() => ReplyAsync("No"));
        await Assert.ThrowsAsync<ApiException>(() => Client().ReplyAsync(Guid.CreateVersion7(), new("No"), default));

        Assert.Equal(3, _calls.Select(call => call.Key).Distinct().Count());
    }

    [Fact]
    public async Task What_makes_something_new_has_a_key_and_what_only_steers_has_none()
    {
        _answer = AwayAsync;
        var (api, id) = (Client(), Guid.CreateVersion7());
        Func<Task>[] makes =
        [
            () => api.CreateCampaignAsync(new("New", new(id, new Dictionary<string, string?>()), null, null), default),
            () => api.DuplicateCampaignAsync(id, default), () => api.TestSendAsync(id, "+33612345678", null, default),
            () => api.CreateContactAsync(new("+33612345678", null, null, null, [], new Dictionary<string, string>()), default),
            () => api.CreateTemplateAsync(new("Name", "HX", "en", "Hello"), default),
            () => api.SaveSegmentAsync(null, "Readers", null, default), () => api.CreateUserAsync("zoe", "secret", "viewer", default),
            () => api.CreateApiKeyAsync("reports", "viewer", null, default),
            () => api.ImportCorrectedAsync(id, "phone\n+33612345678\n", "rows.csv", default),
        ];
        // A pause that is said again after a resumption must be done again, and not answered from memory.
        Func<Task>[] steers =
        [
            () => api.PauseCampaignAsync(id, default), () => api.ResumeCampaignAsync(id, default),
            () => api.CancelCampaignAsync(id, default), () => api.SaveSegmentAsync(id, "Readers", null, default),
        ];
        foreach (var call in makes.Concat(steers))
        {
            await Assert.ThrowsAsync<ApiException>(call);
        }

        Assert.Equal(
            [.. makes.Select(_ => true), .. steers.Select(_ => false)], _calls.Select(call => call.Key is not null));
    }

    private Task<ThreadItem> ReplyAsync(string text) => Client().ReplyAsync(Person, new(text), default);

    // A form of the same page has a client of its own each time.
    private CampaignsClient Client() => new(
        new() { BaseAddress = new(_gateway.Urls.First()) }, new(), _writes, new Nowhere());

    private static Task AwayAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        return Task.CompletedTask;
    }

    private static Task WrittenAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return context.Response.WriteAsJsonAsync(new { id = Guid.CreateVersion7(), direction = "outbound", kind = "reply", at = DateTimeOffset.UnixEpoch });
    }

    private sealed class Nowhere : NavigationManager
    {
        public Nowhere() => Initialize("http://localhost/", "http://localhost/");
    }
}
