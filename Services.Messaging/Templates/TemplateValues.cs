using System.Globalization;
using Contracts;

namespace Services.Messaging;

/// <summary>The values of a template for providers whose variables have places instead of names. No I/O.</summary>
internal static class TemplateValues
{
    /// <summary>Whether all variables are numbers, and so stand for places.</summary>
    public static bool HasPlaces(this TemplateContent template) =>
        template.Variables.Keys.All(name => Place(name) >= 0);

    /// <summary>The values by their variables' numbers; those with names behind them, by name.</summary>
    public static IEnumerable<string> InOrder(this TemplateContent template) => template.Variables
        .OrderBy(variable => (uint)Place(variable.Key)) // -1 is the last
        .ThenBy(variable => variable.Key, StringComparer.Ordinal)
        .Select(variable => variable.Value);

    /// <summary>-1: it is a name.</summary>
    private static int Place(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : -1;
}
