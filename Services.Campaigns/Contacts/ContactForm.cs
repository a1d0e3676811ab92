using System.Diagnostics.CodeAnalysis;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>What people enter about a contact.</summary>
internal sealed record ContactForm
{
    private const int LongestName = 100;
    internal const int LongestLabel = 50;
    private const int LongestValue = 500;
    private const int MostTags = 50;
    internal const int MostAttributes = 50;

    /// <summary>In the international form.</summary>
    public string? Phone { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? Language { get; init; }

    public IReadOnlyList<string?>? Tags { get; init; }

    /// <summary>Texts by name, usable in messages as <c>{{name}}</c>.</summary>
    public Dictionary<string, string?>? Attributes { get; init; }

    public bool TryRead([NotNullWhen(true)] out ContactDetails? details, out FormReader form) =>
        TryRead(null, out details, out form);

    /// <param name="country">Whose number a national one is.</param>
    public bool TryRead(Country? country, [NotNullWhen(true)] out ContactDetails? details, out FormReader form)
    {
        form = new();
        if (!PhoneNumber.TryParse(Phone, country, out var phone, out var remedy))
        {
            form.Refuse("phone", remedy);
        }

        var (firstName, lastName) = (
            form.Optional("firstName", FirstName, LongestName), form.Optional("lastName", LastName, LongestName));
        var language = form.Language("language", Language);
        var tags = ReadTags(form);
        var attributes = ReadAttributes(form);
        details = form.IsValid ? new(phone!, firstName, lastName, language, tags, attributes) : null;
        return form.IsValid;
    }

    /// <summary>Else no message could name it.</summary>
    internal static bool IsAttributeName(string name)
    {
        foreach (var letter in name)
        {
            if (letter is '{' or '}' || char.IsSurrogate(letter) || char.IsControl(letter))
            {
                return false;
            }
        }

        return true;
    }

    private List<string> ReadTags(FormReader form)
    {
        if (Tags is not { Count: <= MostTags })
        {
            if (Tags is not null)
            {
                form.Refuse("tags", new Remedy(
                    $"A contact has at most {MostTags} tags.", $"Un contact a au plus {MostTags} étiquettes."));
            }

            return [];
        }

        var tags = new List<string>(Tags.Count);
        foreach (var tag in Tags)
        {
            var text = form.Required("tags", tag, LongestLabel);
            if (!tags.Contains(text))
            {
                tags.Add(text);
            }
        }

        return tags;
    }

    private Dictionary<string, string> ReadAttributes(FormReader form)
    {
        var attributes = new Dictionary<string, string>(Attributes?.Count ?? 0);
        if (Attributes is { Count: > MostAttributes })
        {
            form.Refuse("attributes", new Remedy(
                $"A contact has at most {MostAttributes} attributes, these are {Attributes.Count}: leave out what no "
                + "message uses.",
                $"Un contact a au plus {MostAttributes} informations complémentaires, il y en a {Attributes.Count} : "
                + "retirez celles dont aucun message ne se sert."));
            return attributes;
        }

        foreach (var (key, value) in Attributes ?? [])
        {
            var name = form.Required("attributes", key, LongestLabel);
            if (!IsAttributeName(name))
            {
                form.Refuse("attributes", new Remedy(
                    "An attribute's name is without braces and emoji.",
                    "Le nom d’une information s’écrit sans accolades ni émojis."));
            }

            if (value is null)
            {
                form.Refuse($"attributes.{name}", new Remedy(
                    "An attribute's value is a text: leave the attribute out instead.",
                    "Une information sans valeur est à retirer."));
            }

            attributes[name] = form.Optional(name, value, LongestValue, "attributes.") ?? "";
        }

        return attributes;
    }
}

/// <summary>The same, checked.</summary>
internal sealed record ContactDetails(
    PhoneNumber Phone, string? FirstName, string? LastName, string? Language,
    List<string> Tags, Dictionary<string, string> Attributes);
