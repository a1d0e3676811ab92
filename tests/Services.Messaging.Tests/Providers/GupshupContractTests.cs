using Contracts;
using Microsoft.AspNetCore.Http;

namespace Services.Messaging.Tests;

public sealed class GupshupContractTests : ProviderContract
{
    internal override string Name => "gupshup";

    internal override Reply Refusal => new(400, """{ "status": "error", "message": "Invalid Destination" }""")
    {
        Code = "invalid_destination",
    };

    internal override Reply Throttling => new(429, """{ "status": "error", "message": "Too Many Requests" }""")
    {
        Code = "http_429",
    };

    internal override Dictionary<string, string?> Settings(string address) => new()
    {
        ["Gupshup:ApiKey"] = Secret,
        ["Gupshup:AppName"] = "FictionApp",
        ["Gupshup:WebhookSecret"] = "webhook-secret",
        ["Gupshup:ApiUrl"] = address + "/wa/api/v1",
    };

    internal override string Path(SendMessage order) =>
        order.Template is null ? "/wa/api/v1/msg" : "/wa/api/v1/template/msg";

    internal override bool IsAuthorised(HttpRequest request) =>
        request.Headers["apikey"] == Secret && request.ContentType == "application/x-www-form-urlencoded";

    internal override int WebhookRefusal => 401;

    internal override (string Header, string Value, string Body) Proof(HttpRequest request, string body) =>
        request.Headers.Authorization == "webhook-secret"
            ? (SelfTest.Header, SelfTest.Proof("webhook-secret", request.Query[SelfTest.Field].ToString()), "")
            : ("X-Wrong", "", "");

    internal override Reply Acceptance(string id) => new(202, $$"""{ "status": "submitted", "messageId": "{{id}}" }""");
}
