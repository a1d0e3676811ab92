using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Testing;

namespace Pages.Tests;

/// <summary>
/// The pages once more, as another process whose gateway stands here: a test answers some calls itself, and all others go
/// to the real one. Cookies know no ports, so who is signed in there is signed in here.
/// </summary>
public sealed class SecondFrontend : IAsyncDisposable
{
    private static readonly string[] Passed = ["Cookie", "Accept-Language", "X-Visitor"];

    private readonly WebApplication _gateway;
    private readonly HttpClient _real;
    private readonly ProgramProcess _frontend;

    private SecondFrontend(WebApplication gateway, HttpClient real, ProgramProcess frontend, Uri address) =>
        (_gateway, _real, _frontend, Address) = (gateway, real, frontend, address);

    public Uri Address { get; }

    /// <param name="run">Whose gateway it is.</param>
    /// <param name="answers">True if it has answered the call.</param>
    public static async Task<SecondFrontend> StartAsync(LocalRun run, Func<HttpContext, Task<bool>> answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var gateway = builder.Build();
        gateway.Urls.Add("http://127.0.0.1:0");
        var real = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = run.Gateway,
        };
        gateway.Run(async context =>
        {
            if (!await answers(context))
            {
                await ForwardAsync(context, real);
            }
        });
        await gateway.StartAsync();

        var address = new Uri($"http://localhost:{LocalRun.FreePort()}");
        var frontend = new ProgramProcess("Frontend", new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = address.ToString(),
            ["services__gateway__http__0"] = gateway.Urls.Single(),
        });
        var second = new SecondFrontend(gateway, real, frontend, address);
        try
        {
            await Eventually.BecomesTrueAsync(second.IsThereAsync, TimeSpan.FromSeconds(60), "GET /alive = 200");
            return second;
        }
        catch
        {
            await second.DisposeAsync();
            throw;
        }
    }

    /// <summary>A page of its own.</summary>
    public string At(string path) => new Uri(Address, path).ToString();

    public async ValueTask DisposeAsync()
    {
        await _frontend.DisposeAsync();
        await _gateway.DisposeAsync();
        _real.Dispose();
    }

    private async Task<bool> IsThereAsync()
    {
        _frontend.ThrowIfExited();
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri(Address, "/alive"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task ForwardAsync(HttpContext context, HttpClient real)
    {
        var (request, response) = (context.Request, context.Response);
        using var call = new HttpRequestMessage(
            new(request.Method), new Uri($"{request.Path}{request.QueryString}", UriKind.Relative));
        foreach (var name in Passed)
        {
            call.Headers.TryAddWithoutValidation(name, request.Headers[name].AsEnumerable());
        }

        if (request.ContentType is { } type)
        {
            call.Content = new StreamContent(request.Body);
            call.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var answer = await real.SendAsync(
            call, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await answer.Content.CopyToAsync(response.Body, context.RequestAborted);
    }
}
