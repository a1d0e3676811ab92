using Contracts;
using Microsoft.AspNetCore.Http;

namespace Services.Messaging.Tests;

public sealed class MetaContractTests : ProviderContract
{
    internal override string Name => "meta";

    internal override Reply Refusal => Error(400, 131026);

    internal override Reply Throttling => Error(400, 130429);

    internal override Dictionary<string, string?> Settings(string address) => new()
    {
        ["Meta:AccessToken"] = Secret,
        ["Meta:PhoneNumberId"] = "100000000000001",
        ["Meta:VerifyToken"] = "our word",
        ["Meta:ApiUrl"] = address + "/v25.0/",
    };

    internal override string Path(SendMessage order) => "/v25.0/100000000000001/messages";

    internal override bool IsAuthorised(HttpRequest request) =>
        request.Headers.Authorization == $"Bearer {Secret}" && request.ContentType == "application/json";

    internal override int WebhookRefusal => 403;

    internal override (string Header, string Value, string Body) Proof(HttpRequest request, string body) => (
        "X-Anything", "", request.Query["hub.mode"] == "subscribe" && request.Query["hub.verify_token"] == "our word"
            ? request.Query["hub.challenge"].ToString()
            : "");

    internal override Reply Acceptance(string id) => new(200, $$"""
        {
          "messaging_product": "whatsapp",
          "contacts": [{ "input": "33639980012", "wa_id": "33639980012" }],
          "messages": [{ "id": "{{id}}", "message_status": "accepted" }]
        }
        """);

    private static Reply Error(int status, int code) => new(status, $$"""
        { "error": { "message": "(#{{code}}) No", "type": "OAuthException", "code": {{code}}, "fbtrace_id": "x" } }
        """)
    {
        Code = code.ToString(null as IFormatProvider),
    };
}
