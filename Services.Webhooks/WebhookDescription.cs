namespace Services.Webhooks;

/// <summary>
/// The routes in OpenAPI, for the gateway's description of the whole. They bind no parameters to derive it from.
/// </summary>
internal static class WebhookDescription
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
            },
            "/api/webhooks/gupshup": {
              "post": {
                "tags": ["Webhooks"],
                "summary": "Messages and reports from Gupshup, in any of its shapes, with the secret that was agreed on.",
                "parameters": [
                  { "name": "token", "in": "query", "schema": { "type": "string" } },
                  { "name": "SelfTest", "in": "query", "schema": { "type": "string" } },
                  { "name": "Authorization", "in": "header", "schema": { "type": "string" } }
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object" } } } },
                "responses": {
                  "200": { "description": "Stored" },
                  "400": { "description": "The body is no JSON" },
                  "401": { "description": "The secret is missing or wrong" },
                  "413": { "description": "The body is too large" },
                  "503": { "description": "Not stored: send it again" }
                }
              }
            },
            "/api/webhooks/meta": {
              "get": {
                "tags": ["Webhooks"],
                "summary": "Meta's challenge when the webhook is entered.",
                "responses": {
                  "200": { "description": "The challenge", "content": { "text/plain": {} } },
                  "403": { "description": "The word is missing or wrong" }
                }
              },
              "post": {
                "tags": ["Webhooks"],
                "summary": "Messages and statuses from Meta's Cloud API, signed by it.",
                "parameters": [
                  { "name": "X-Hub-Signature-256", "in": "header", "required": true, "schema": { "type": "string" } }
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object" } } } },
                "responses": {
                  "200": { "description": "Stored" },
                  "400": { "description": "The body is no JSON" },
                  "403": { "description": "The signature is missing or wrong" },
                  "413": { "description": "The body is too large" },
                  "503": { "description": "Not stored: send it again" }
                }
              }
            }
          }
        }
        """;

    public static void MapWebhookDescription(this WebApplication app) =>
        app.MapGet("/openapi/v1.json", () => TypedResults.Text(OpenApi, "application/json"));
}
