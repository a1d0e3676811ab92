using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace ProviderEmulator;

/// <summary>
/// The templates of the business account, page by page.
/// https://developers.facebook.com/docs/graph-api/reference/whats-app-business-account/message_templates
/// </summary>
internal static class MetaTemplates
{
    private const int UsualLimit = 25;

    public static IResult List(HttpRequest request, ContentStore contents, int? limit, string? after)
    {
        var size = Math.Clamp(limit ?? UsualLimit, 1, 1000);
        var left = contents.All
            .SkipWhile(template => after is not null && Cursor(template) != after)
            .Skip(after is null ? 0 : 1).ToList();
        var page = left.Take(size).ToList();
        var answer = new JsonObject { ["data"] = new JsonArray([.. page.Select(Of)]) };
        if (page.Count > 0)
        {
            var paging = new JsonObject
            {
                ["cursors"] = new JsonObject { ["before"] = Cursor(page[0]), ["after"] = Cursor(page[^1]) },
            };
            if (left.Count > size)
            {
                var query = request.Query.Where(pair => pair.Key != "after")
                    .Append(new("after", Cursor(page[^1])));
                paging["next"] = QueryHelpers.AddQueryString(
                    $"{request.Scheme}://{request.Host}{request.Path}", query);
            }

            answer["paging"] = paging;
        }

        return TypedResults.Json(answer);
    }

    private static string Cursor(ContentTemplate template) => template.Key.ToString("x8", CultureInfo.InvariantCulture);

    private static JsonObject Of(ContentTemplate template) => new()
    {
        ["name"] = template.Approval.Name is { Length: > 0 } name ? name : template.FriendlyName,
        ["language"] = template.Language,
        ["status"] = template.IsApproved ? "APPROVED" : "PENDING",
        ["components"] = new JsonArray(new JsonObject { ["type"] = "BODY", ["text"] = template.Text }),
        ["id"] = template.Key.ToString(CultureInfo.InvariantCulture),
    };
}
