namespace AppHost;

/// <summary>The <c>.env</c> file: lines <c>NAME=value</c>, comments, optional quotes and <c>export</c>.</summary>
internal static class SettingsFile
{
    public static Dictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>();
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            var assignment = line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line;
            if (!line.StartsWith('#') && assignment.Split('=', 2) is [var name, var value])
            {
                values[name.Trim()] = Unquote(value.Trim());
            }
        }

        return values;
    }

    private static string Unquote(string value)
    {
        if (value.Length >= 2 && value[0] is '"' or '\'' && value[^1] == value[0])
        {
            return value[1..^1];
        }

        // As shells do: what follows a space and a # is a comment.
        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }
}
