namespace Services.Webhooks;

/// <summary>
/// The route in OpenAPI, for the gateway's description of the whole. It binds no parameters to derive it from.
/// </summary>
internal static class TwilioDescription
{
    private const string OpenApi = """
        {
          "openapi": "3.1.1",
          "info": { "title": "Webhooks", "version": "v1" },
          "paths": {
            "/api/webhooks/twilio": {
              "post": {
                "tags": ["Webhooks"],
                "summary": "Messages and statuses from Twilio, signed by it.",
                "parameters": [
                  { "name": "X-Twilio-Signature", "in": "header", "required": true, "schema": { "type": "string" } }
                ],
                "requestBody": {
                  "required": true,
                  "content": { "application/x-www-form-urlencoded": { "schema": { "type": "object" } } }
                },
                "responses": {
                  "200": { "description": "Stored", "content": { "text/xml": {} } },
                  "400": { "description": "A field is missing or wrong" },
                  "403": { "description": "The signature is missing or wrong" },
                  "413": { "description": "The body is too large" },
                  "415": { "description": "The body is no form" },
                  "503": { "description": "Not stored: send it again" }
                }
              }
            }
          }
        }
        """;

    public static void MapTwilioDescription(this WebApplication app) =>
        app.MapGet("/openapi/v1.json", () => TypedResults.Text(OpenApi, "application/json"));
}
