using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProviderEmulator;

/// <summary>
/// https://www.twilio.com/docs/content/content-api-resources: absolute addresses and ISO 8601, unlike the 2010 API.
/// </summary>
internal sealed record ContentResource(
    string Sid,
    string AccountSid,
    string FriendlyName,
    string Language,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, JsonElement> Types,
    string DateCreated,
    string DateUpdated,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContentResource.ApprovalLinks? Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ApprovalResource? ApprovalRequests)
{
    public static ContentResource Of(ContentTemplate template, string accountSid, string origin)
    {
        var url = $"{origin}/v1/Content/{template.Sid}";
        return WithoutLinks(template, accountSid) with
        {
            Url = url,
            Links = new ApprovalLinks($"{url}/ApprovalRequests/whatsapp", $"{url}/ApprovalRequests"),
        };
    }

    public static ContentResource WithApproval(ContentTemplate template, string accountSid) =>
        WithoutLinks(template, accountSid) with { ApprovalRequests = ApprovalResource.Of(template) };

    private static ContentResource WithoutLinks(ContentTemplate template, string accountSid) => new(
        template.Sid,
        accountSid,
        template.FriendlyName,
        template.Language,
        template.Variables,
        template.Types,
        TwilioJson.Iso8601(template.Created),
        TwilioJson.Iso8601(template.Created),
        Url: null,
        Links: null,
        ApprovalRequests: null);

    internal sealed record ApprovalLinks(string ApprovalCreate, string ApprovalFetch);
}

internal sealed record ApprovalResource(
    string Type,
    string Name,
    string Category,
    string ContentType,
    string Status,
    string RejectionReason,
    bool AllowCategoryChange)
{
    public static ApprovalResource Of(ContentTemplate template) => new(
        "whatsapp",
        template.Approval.Name,
        template.Approval.Category,
        template.Types.Keys.FirstOrDefault() ?? "",
        template.Approval.Status,
        RejectionReason: "",
        AllowCategoryChange: true);
}

internal sealed record ContentListResource(IEnumerable<ContentResource> Contents, ContentListResource.PageMeta Meta)
{
    internal sealed record PageMeta(
        int Page,
        int PageSize,
        string FirstPageUrl,
        string? PreviousPageUrl,
        string Url,
        string? NextPageUrl,
        string Key);
}
