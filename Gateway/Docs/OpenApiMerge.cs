using System.Text.Json.Nodes;
using ServiceDefaults;

namespace Gateway;

/// <summary>Joins OpenAPI documents: https://spec.openapis.org/oas/v3.1.1.html</summary>
internal static class OpenApiMerge
{
    private const string Reference = "$ref";

    private static readonly string[] Writes = ["post", "put", "patch", "delete"];
    private static readonly string[] Unkeyed =
        ["/api/auth/login", "/api/auth/logout", "/api/webhooks/", "/api/practice/"];

    /// <summary>
    /// Adds to <paramref name="whole"/> the paths under /api, the components and the tags of each part. A component
    /// whose name is taken by another that differs gets the part's name in front, and so do the references to it.
    /// </summary>
    public static JsonObject Merge(JsonObject whole, IReadOnlyList<(string Name, JsonObject Document)> parts)
    {
        foreach (var (name, document) in parts)
        {
            AddComponents(whole, name, document);
            AddPaths(whole, document);
            AddTags(whole, document);
        }

        whole["servers"] = new JsonArray(new JsonObject { ["url"] = "/" });
        AddSecurity(whole);
        AddIdempotencyKey(whole);
        return whole;
    }

    private static void AddComponents(JsonObject whole, string part, JsonObject document)
    {
        var components = Object(whole, "components");
        foreach (var (kind, entries) in Object(document, "components"))
        {
            var known = Object(components, kind);
            foreach (var (name, _) in (JsonObject)entries!)
            {
                if (known[name] is { } taken && !JsonNode.DeepEquals(taken, entries[name]))
                {
                    var prefix = $"#/components/{kind}/";
                    Redirect(document, prefix + name, $"{prefix}{part}.{name}");
                }
            }

            foreach (var (name, entry) in (JsonObject)entries)
            {
                var free = known[name] is { } taken && !JsonNode.DeepEquals(taken, entry) ? $"{part}.{name}" : name;
                known[free] = entry?.DeepClone();
            }
        }
    }

    private static void AddPaths(JsonObject whole, JsonObject document)
    {
        var paths = Object(whole, "paths");
        foreach (var (path, operations) in Object(document, "paths"))
        {
            if (path.StartsWith("/api/", StringComparison.Ordinal))
            {
                paths.TryAdd(path, operations?.DeepClone());
            }
        }
    }

    private static void AddTags(JsonObject whole, JsonObject document)
    {
        var tags = whole["tags"] as JsonArray ?? [];
        whole["tags"] = tags;
        foreach (var tag in document["tags"] as JsonArray ?? [])
        {
            if (!tags.Any(known => JsonNode.DeepEquals(known?["name"], tag?["name"])))
            {
                tags.Add(tag?.DeepClone());
            }
        }
    }

    private static void AddSecurity(JsonObject whole)
    {
        var schemes = Object(Object(whole, "components"), "securitySchemes");
        schemes["session"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = Session.CookieName };
        schemes["apiKey"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" };
        whole["security"] = new JsonArray(
            new JsonObject { ["session"] = new JsonArray() }, new JsonObject { ["apiKey"] = new JsonArray() });
        foreach (var (path, operations) in Object(whole, "paths"))
        {
            if (path == "/api/auth/login" || path.StartsWith("/api/webhooks", StringComparison.Ordinal))
            {
                foreach (var operation in ((JsonObject)operations!).Select(entry => entry.Value).OfType<JsonObject>())
                {
                    operation["security"] = new JsonArray();
                }
            }
        }
    }

    // What is no resource of ours is done by others, and a repeat of it too.
    private static void AddIdempotencyKey(JsonObject whole)
    {
        const string name = "idempotencyKey";
        Object(Object(whole, "components"), "parameters")[name] = new JsonObject
        {
            ["name"] = Idempotency.Header,
            ["in"] = "header",
            ["description"] = "A text that is new for each request: a repeat with it within 24 hours does nothing "
                + $"again, and is answered as the first one was, with {Idempotency.Replayed}: true.",
            ["schema"] = new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 255 },
        };
        foreach (var (path, operations) in Object(whole, "paths"))
        {
            if (Unkeyed.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
            {
                continue;
            }

            foreach (var (_, operation) in ((JsonObject)operations!).Where(entry => Writes.Contains(entry.Key)))
            {
                var parameters = operation!["parameters"] as JsonArray ?? [];
                operation["parameters"] = parameters;
                parameters.RemoveAll(parameter => (string?)parameter?["name"] == Idempotency.Header);
                parameters.Add(new JsonObject { [Reference] = $"#/components/parameters/{name}" });
            }
        }
    }

    private static void Redirect(JsonNode? node, string from, string to)
    {
        switch (node)
        {
            case JsonObject branch:
                if (branch[Reference] is JsonValue reference && reference.TryGetValue(out string? target)
                    && target == from)
                {
                    branch[Reference] = to;
                }

                foreach (var (_, child) in branch)
                {
                    Redirect(child, from, to);
                }

                break;
            case JsonArray list:
                foreach (var child in list)
                {
                    Redirect(child, from, to);
                }

                break;
            default:
                break;
        }
    }

    private static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }
}
