using System.Text.Json;

namespace ProviderEmulator;

/// <summary>https://www.twilio.com/docs/content/using-variables-with-content-api</summary>
internal static class ContentVariables
{
    private const int MaxValues = 100;
    private const int MaxValue = 1600;
    private const string TooManySpaces = "     ";

    /// <summary>
    /// An object of strings, none of them empty or with more than four spaces in a row.
    /// https://www.twilio.com/docs/api/errors/21656
    /// </summary>
    public static bool TryRead(string json, out Dictionary<string, string> values)
    {
        values = [];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                return false;
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                var value = property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString()! : "";
                if (string.IsNullOrWhiteSpace(value)
                    || value.Length > MaxValue
                    || value.Contains(TooManySpaces, StringComparison.Ordinal))
                {
                    return false;
                }

                values[property.Name] = value;
            }

            return values.Count <= MaxValues;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
