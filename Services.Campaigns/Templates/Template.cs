using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>A template approved by WhatsApp, known to the provider under <see cref="ContentSid"/>.</summary>
internal sealed class Template
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    /// <summary>Twilio's <c>HX…</c>, Gupshup's UUID, or the name at Meta, which its language makes complete.</summary>
    public required string ContentSid { get; set; }

    public required string Language { get; set; }

    /// <summary>With its variables as <c>{{1}}</c>.</summary>
    public required string Body { get; set; }

    /// <summary>The names of the variables: those of the body, and those of buttons, headers and media.</summary>
    public List<string> Variables { get; set; } = [];

    /// <summary>What <see cref="Approval"/> is once the provider's list had it, and has it no more.</summary>
    public const string Missing = "missing";

    /// <summary>What the provider says of it; null if it was entered by hand and never synchronised.</summary>
    public string? Approval { get; set; }

    /// <summary>The provider has said that it sends nothing of it.</summary>
    public bool IsBarred => Approval is "rejected" or "paused" or "disabled" or Missing;

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Set instead of removing the row, so that a campaign that is over keeps its template.</summary>
    public DateTimeOffset? DeletedAt { get; private set; }

    /// <summary>What to say of an id that names none.</summary>
    public static Remedy Gone(Guid id) => new(
        $"There is no template with the id {id}.", "Ce modèle n’existe pas ou plus : choisissez-en un autre.");

    public static Template Create(TemplateDetails details, DateTimeOffset now, Guid? id = null)
    {
        var template = new Template
        {
            Id = id ?? Guid.CreateVersion7(now),
            Name = details.Name,
            ContentSid = details.ContentSid,
            Language = details.Language,
            Body = details.Body,
            CreatedAt = now,
        };
        template.Change(details, now);
        return template;
    }

    public void Change(TemplateDetails details, DateTimeOffset now)
    {
        // What was said was said of another one; at Meta the language is part of its name.
        Approval = (ContentSid, Language) == (details.ContentSid, details.Language) ? Approval : null;
        (Name, ContentSid, Language, Body) = (details.Name, details.ContentSid, details.Language, details.Body);
        Variables = [.. details.Variables];
        UpdatedAt = now;
    }

    /// <summary>Whether it is like that already.</summary>
    public bool Says(TemplateDetails details, string? approval) =>
        (Name, Language, Body, Approval) == (details.Name, details.Language, details.Body, approval)
        && Variables.SequenceEqual(details.Variables);

    public void Delete(DateTimeOffset now) => DeletedAt = now;

    /// <summary>
    /// The variables that <paramref name="values"/> leaves empty. None may be: the provider would fill in the sample
    /// value of the template without a word (https://www.twilio.com/docs/content/using-variables-with-content-api).
    /// </summary>
    public IReadOnlyList<string> MissingFrom(IReadOnlyDictionary<string, string> values) =>
        [.. Variables.Where(name => !values.TryGetValue(name, out var value) || string.IsNullOrWhiteSpace(value))];

    /// <summary>The names in <paramref name="values"/> that the template does not know.</summary>
    public IReadOnlyList<string> UnknownIn(IReadOnlyDictionary<string, string> values) =>
        [.. values.Keys.Except(Variables)];
}
