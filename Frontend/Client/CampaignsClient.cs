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
public sealed partial class CampaignsClient(HttpClient http, Visitor visitor, NavigationManager navigation)
{
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

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
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

    private async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body, HttpCompletionOption completion,
        CancellationToken cancellationToken)
    {
        var answer = await CallAsync(method, path, body, completion, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                SignIn();
            }

            throw await ReadProblemAsync(answer, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> CallAsync(
        HttpMethod method, string path, object? body, HttpCompletionOption completion,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body, options: Json));
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
