using System.Text;
using Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Services.Messaging.Tests;

public sealed class TwilioContractTests : ProviderContract
{
    internal override string Name => "twilio";

    internal override Reply Refusal => new(400, """{ "code": 21211, "status": 400 }""") { Code = "21211" };

    internal override Reply Throttling => new(429, """{ "code": 20429, "status": 429 }""") { Code = "20429" };

    internal override Dictionary<string, string?> Settings(string address) => new()
    {
        ["Twilio:AccountSid"] = FakeTwilio.AccountSid,
        ["Twilio:AuthToken"] = Secret,
        ["Twilio:ApiBaseUrl"] = address,
    };

    internal override string Path(SendMessage order) => $"/2010-04-01/Accounts/{FakeTwilio.AccountSid}/Messages.json";

    internal override bool IsAuthorised(HttpRequest request) => request.Headers.Authorization
        == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{FakeTwilio.AccountSid}:{Secret}"));

    internal override int WebhookRefusal => 403;

    internal override (string Header, string Value, string Body) Proof(HttpRequest request, string body) =>
        (SelfTest.Header, SelfTest.Proof(Secret, QueryHelpers.ParseQuery(body)[SelfTest.Field].ToString()), "");

    internal override Reply Acceptance(string id) => new(201, $$"""{ "sid": "{{id}}", "status": "queued" }""");
}
