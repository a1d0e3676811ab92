using Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Services.Messaging.Tests;

/// <summary>The Content API, over real HTTP.</summary>
public sealed class TwilioContentTests : IAsyncLifetime
{
    // Shaped as in https://www.twilio.com/docs/content/content-api-resources.
    private const string First = """
        {
          "contents": [
            {
              "sid": "HX1", "friendly_name": "rappel", "language": "fr", "variables": { "1": "Zoé" },
              "types": { "twilio/text": { "body": "Bonjour {{1}}" } },
              "approval_requests": { "name": "rappel", "category": "UTILITY", "status": "approved" }
            },
            {
              "sid": "HX2", "friendly_name": "", "language": "en", "variables": {},
              "types": { "twilio/list-picker": { "items": [] }, "twilio/quick-reply": { "body": "Yes?" } }
            },
            { "friendly_name": "no sid" }
          ],
          "meta": { "next_page_url": "NEXT" }
        }
        """;

    private const string Last = """
        {
          "contents": [{ "sid": "HX3", "language": "en", "types": { "twilio/catalog": {} } }],
          "meta": { "next_page_url": null }
        }
        """;

    private readonly WebApplication _server;
    private readonly List<string> _paths = [];
    private RequestDelegate _answer = _ => Task.CompletedTask;

    public TwilioContentTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(context =>
        {
            _paths.Add(context.Request.Path + context.Request.QueryString);
            return _answer(context);
        });
    }

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task All_pages_are_read_and_each_template_with_its_text_and_approval()
    {
        _answer = context => context.Response.WriteAsync(context.Request.Query.ContainsKey("PageToken")
            ? Last
            : First.Replace("NEXT", Address + "v1/ContentAndApprovals?PageToken=2", StringComparison.Ordinal));

        var templates = await ListAsync();

        Assert.Equal(
            [("HX1", "rappel", "Bonjour {{1}}", "approved"), ("HX2", "HX2", "Yes?", null), ("HX3", "HX3", null, null)],
            templates.Select(template => (template.ContentSid, template.Name, template.Body, template.Approval)));
        Assert.Equal(["1"], templates[0].Variables);
        Assert.Equal(2, _paths.Count);
    }

    [Fact]
    public async Task A_list_that_goes_on_elsewhere_gets_no_credentials()
    {
        _answer = context => context.Response.WriteAsync(
            First.Replace("NEXT", "https://content.example/v1", StringComparison.Ordinal));

        await Assert.ThrowsAsync<ProviderSilentException>(ListAsync);
        Assert.Single(_paths);
    }

    [Theory]
    [InlineData(401, "{}")]
    [InlineData(500, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[]")]
    [InlineData(200, "")]
    public async Task An_answer_that_is_no_list_is_silence_not_an_empty_list(int status, string body)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };

        await Assert.ThrowsAsync<ProviderSilentException>(ListAsync);
    }

    private Uri Address => new(_server.Urls.First() + "/");

    private async Task<List<ProviderTemplate>> ListAsync()
    {
        using var http = new HttpClient { BaseAddress = Address };
        return await new TwilioContent(http).ListAsync(CancellationToken.None).ToListAsync();
    }
}
