using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Components;

namespace Frontend;

/// <summary>
/// The gateway's API, called as the person in front of the browser. What it refuses is an <see cref="ApiException"/>;
/// where nobody is signed in (any more) the browser is sent to the sign-in, and from there back to where it is.
/// </summary>
public sealed partial class CampaignsClient(
    HttpClient http, Visitor visitor, OpenWrites writes, NavigationManager navigation)
{
    private const string IdempotencyKey = "Idempotency-Key";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, // the API refuses null where nothing is meant
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public Task<Account> GetMeAsync(CancellationToken cancellationToken) => GetAsync<Account>("/api/auth/me", cancellationToken);

    /// <summary>Leads nowhere if not.</summary>
    public async Task<bool> IsSignedInAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await CallAsync(
                HttpMethod.Get, "/api/auth/me", null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (ApiException)
        {
            return false;
        }
    }

    public Task<Sandbox> GetSandboxAsync(CancellationToken cancellationToken) =>
        GetAsync<Sandbox>("/api/sandbox", cancellationToken);

    /// <summary>The result appears in the <see cref="Sandbox"/>: its last test is newer then.</summary>
    public Task CheckWebhookAsync(CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "/api/sandbox/check", null, cancellationToken);

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new ApiException((int)answer.StatusCode, null, cause: exception);
        }
    }

    /// <summary>
    /// Of what makes something new: however often it is tried with the same content until an answer comes, it is done
    /// once.
    /// </summary>
    private async Task<T> SendOnceAsync<T>(string path, object? body, CancellationToken cancellationToken)
    {
        using var content = ContentOf(body);
        var bytes = content is null ? [] : await content.ReadAsByteArrayAsync(cancellationToken);
        var key = writes.KeyOf(path, bytes);
        using var answer = await CallAsync(
            HttpMethod.Post, path, content, HttpCompletionOption.ResponseContentRead, cancellationToken, key);
        if (!MayHaveBeenDone(answer))
        {
            writes.Settle(path, key);
        }

        await ThrowIfRefusedAsync(answer, cancellationToken);
        return await ReadAsync<T>(answer, cancellationToken);
    }

    // What stands in front of the service says nothing of it; an earlier try may still be worked on (409, Retry-After).
    private static bool MayHaveBeenDone(HttpResponseMessage answer) =>
        answer.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests
        || answer is { StatusCode: HttpStatusCode.Conflict, Headers.RetryAfter: not null };

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, HttpCompletionOption completion,
        CancellationToken cancellationToken)
    {
        var answer = await CallAsync(method, path, ContentOf(body), completion, cancellationToken);
        try
        {
            await ThrowIfRefusedAsync(answer, cancellationToken);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task ThrowIfRefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        if (answer.StatusCode == HttpStatusCode.Unauthorized)
        {
            SignIn();
        }

        throw await ReadProblemAsync(answer, cancellationToken);
    }

    private static HttpContent? ContentOf(object? body) =>
        body as HttpContent ?? (body is null ? null : JsonContent.Create(body, options: Json));

    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method, string path, HttpContent? content, HttpCompletionOption completion,
        CancellationToken cancellationToken, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null)
        {
            request.Headers.Add(IdempotencyKey, key);
        }

        request.Headers.AcceptLanguage.Add(new(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName));
        if (visitor.Session is { } session)
        {
            request.Headers.Add("Cookie", session);
        }

        if (visitor.Address is { } address)
        {
            request.Headers.TryAddWithoutValidation(Visitor.AddressHeader, address);
        }

        try
        {
            return await http.SendAsync(request, completion, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ApiException(null, null, cause: exception);
        }
    }

    /// <summary>https://www.rfc-editor.org/rfc/rfc9457</summary>
    private static async Task<ApiException> ReadProblemAsync(
        HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = (int)answer.StatusCode;
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<Problem>(Json, cancellationToken);
            return ProblemOf(status, problem);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            return new(status, null, cause: exception); // a proxy's page, or cut off
        }
    }

    private static ApiException ProblemOf(int status, Problem? problem) =>
        new(status, problem?.Detail ?? problem?.Title, problem?.Errors);

    // And from there back to here.
    private void SignIn()
    {
        var here = "/" + navigation.ToBaseRelativePath(navigation.Uri);
        navigation.NavigateTo(ReturnUrl.SignInFor(here), forceLoad: true);
    }

    private sealed record Problem(string? Title, string? Detail, Dictionary<string, string[]>? Errors);
}
