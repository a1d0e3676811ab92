namespace Frontend;

/// <summary>A part of a list; <paramref name="NextCursor"/> leads to the next part, null at the end.</summary>
/// <param name="TotalIsAtLeast">There are more than <paramref name="Total"/>.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total, bool TotalIsAtLeast = false);

/// <summary>The address of an API call: parameters that are null are left out.</summary>
internal static class Query
{
    public static string Of(string path, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var query = new QueryString();
        foreach (var (name, value) in parameters)
        {
            var text = value switch
            {
                null or "" => null,
                bool flag => flag ? "true" : "false",
                Enum word => char.ToLowerInvariant(word.ToString()[0]) + word.ToString()[1..],
                IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                _ => value.ToString(),
            };
            query = text is null ? query : query.Add(name, text);
        }

        return path + query.ToUriComponent();
    }
}
