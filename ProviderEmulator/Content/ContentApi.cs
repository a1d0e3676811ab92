using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>https://www.twilio.com/docs/content/content-api-resources</summary>
internal static class ContentApi
{
    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static RouteGroupBuilder MapContent(this RouteGroupBuilder api)
    {
        api.MapGet("/v1/Content", ListContents);
        api.MapGet("/v1/ContentAndApprovals", ListWithApprovals);
        api.MapPost("/v1/Content", CreateAsync);
        api.MapGet("/v1/Content/{sid}", Fetch);
        api.MapDelete("/v1/Content/{sid}", (string sid, ContentStore contents) =>
            contents.Remove(sid) ? TypedResults.NoContent() : TwilioError.NotFound.ToResult());
        api.MapGet("/v1/Content/{sid}/ApprovalRequests", FetchApproval);
        api.MapPost("/v1/Content/{sid}/ApprovalRequests/whatsapp", RequestApprovalAsync);
        return api;
    }

    private static IResult ListContents(
        HttpRequest request, ContentStore contents, IOptions<EmulatorOptions> options) =>
        List(request, contents, template => ContentResource.Of(template, options.Value.AccountSid, Origin(request)));

    private static IResult ListWithApprovals(
        HttpRequest request, ContentStore contents, IOptions<EmulatorOptions> options) =>
        List(request, contents, template => ContentResource.WithApproval(template, options.Value.AccountSid));

    private static IResult List(
        HttpRequest request, ContentStore contents, Func<ContentTemplate, ContentResource> resource)
    {
        if (Paging.Read(request.Query, out var paging) is { } refused)
        {
            return refused.ToResult();
        }

        var slice = contents.List(paging);
        var origin = Origin(request);
        return TwilioJson.Answer(new ContentListResource(slice.Items.Select(resource), new ContentListResource.PageMeta(
            paging.Page,
            paging.Size,
            FirstPageUrl: origin + Paging.Link(request, paging, 0, null),
            PreviousPageUrl: slice.HasPrevious && slice.Items.Count > 0
                ? origin + Paging.Link(request, paging, Math.Max(0, paging.Page - 1), Paging.Before(slice.Items[0].Key))
                : null,
            Url: origin + request.Path + request.QueryString,
            NextPageUrl: slice.HasNext && slice.Items.Count > 0
                ? origin + Paging.Link(request, paging, paging.Page + 1, Paging.After(slice.Items[^1].Key))
                : null,
            Key: "contents")));
    }

    private static IResult Fetch(
        string sid, HttpRequest request, ContentStore contents, IOptions<EmulatorOptions> options) =>
        contents.Find(sid) is { } template
            ? TwilioJson.Answer(ContentResource.Of(template, options.Value.AccountSid, Origin(request)))
            : TwilioError.NotFound.ToResult();

    private static async Task<IResult> CreateAsync(
        HttpRequest request, ContentStore contents, IOptions<EmulatorOptions> options, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var (content, error) = await ReadAsync<NewContent>(request, cancellationToken);
        if (content is null)
        {
            return error!.ToResult();
        }

        if (content.Types.Count == 0 || content.Language.Length == 0)
        {
            return TwilioError.BadParameter("language and types are required").ToResult();
        }

        var template = new ContentTemplate
        {
            Sid = TwilioJson.NewSid("HX"),
            FriendlyName = content.FriendlyName ?? "",
            Language = content.Language,
            Variables = content.Variables ?? [],
            Types = content.Types,
            Created = clock.GetUtcNow(),
        };

        return contents.TryAdd(template)
            ? TwilioJson.Answer(
                ContentResource.Of(template, options.Value.AccountSid, Origin(request)), StatusCodes.Status201Created)
            : TwilioError.BadParameter("too many templates").ToResult();
    }

    private static IResult FetchApproval(
        string sid, HttpRequest request, ContentStore contents, IOptions<EmulatorOptions> options) =>
        contents.Find(sid) is { } template
            ? TwilioJson.Answer(new
            {
                sid = template.Sid,
                account_sid = options.Value.AccountSid,
                url = $"{Origin(request)}/v1/Content/{template.Sid}/ApprovalRequests",
                whatsapp = ApprovalResource.Of(template),
            })
            : TwilioError.NotFound.ToResult();

    private static async Task<IResult> RequestApprovalAsync(
        string sid, HttpRequest request, ContentStore contents, CancellationToken cancellationToken)
    {
        var (approval, error) = await ReadAsync<NewApproval>(request, cancellationToken);
        if (approval is null)
        {
            return error!.ToResult();
        }

        return contents.Approve(sid, approval.Name, approval.Category) is { } template
            ? TwilioJson.Answer(ApprovalResource.Of(template), StatusCodes.Status201Created)
            : TwilioError.NotFound.ToResult();
    }

    // Not bound by the framework: that would happen before the authentication.
    private static async Task<(T? Value, TwilioError? Error)> ReadAsync<T>(
        HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
        {
            return (null, TwilioError.UnsupportedMediaType);
        }

        try
        {
            var value = await request.ReadFromJsonAsync<T>(JsonOptions, cancellationToken);
            return (value, value is null ? TwilioError.BadParameter("body") : null);
        }
        catch (JsonException)
        {
            return (null, TwilioError.BadParameter("body"));
        }
    }

    private static string Origin(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    private sealed record NewContent(
        string Language, Dictionary<string, JsonElement> Types, string? FriendlyName = null,
        Dictionary<string, string>? Variables = null);

    private sealed record NewApproval(string Name, string Category);
}
