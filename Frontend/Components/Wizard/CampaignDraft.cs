using System.Text.Json;
using System.Text.RegularExpressions;

namespace Frontend.Components;

public enum AudienceChoice
{
    All,
    Tags,
    Contacts,
    Segment,
}

/// <summary>A campaign while somebody thinks about it: everything may still be missing.</summary>
public sealed partial class CampaignDraft
{
    /// <summary>The source of a variable that somebody types.</summary>
    public const string FixedText = "text";

    public string? Name { get; set; }

    public AudienceChoice Audience { get; set; }

    public List<string> Tags { get; set; } = [];

    public List<PickedContact> Contacts { get; set; } = [];

    public Guid? SegmentId { get; set; }

    /// <summary>A condition without a name.</summary>
    public JsonElement? Where { get; set; }

    /// <summary>Whoever has one of these is left out.</summary>
    public List<string> WithoutTags { get; set; } = [];

    /// <summary>So is each of these: chosen through the API, the pages keep them.</summary>
    public List<Guid> WithoutContacts { get; set; } = [];

    public Wording Message1 { get; set; } = new();

    /// <summary>The same in other languages.</summary>
    public List<Wording> Variants { get; set; } = [];

    /// <summary>Null: the main one.</summary>
    public string? Sender { get; set; }

    /// <summary>Null: the usual.</summary>
    public double? PauseAtFailureShare { get; set; }

    public bool HasMessage2 { get; set; }

    public string? Message2Body { get; set; }

    public int WithinHours { get; set; } = 24;

    public bool Later { get; set; }

    /// <summary>In the visitor's zone.</summary>
    public DateTime? StartAt { get; set; }

    public bool HasQuietHours { get; set; }

    public TimeOnly? QuietFrom { get; set; } = new(21, 0);

    public TimeOnly? QuietTo { get; set; } = new(8, 0);

    /// <summary>Null: the visitor's.</summary>
    public string? QuietZone { get; set; }

    /// <summary>By each person's own clock.</summary>
    public bool QuietPerContact { get; set; }

    /// <summary>Null if there are none, or one end is missing.</summary>
    public QuietHours? QuietHours(TimeZoneInfo zone) => HasQuietHours && QuietFrom is { } from && QuietTo is { } to
        ? new(from, to, QuietZone ?? zone.Id, QuietPerContact)
        : null;

    public Audience? ChosenAudience
    {
        get
        {
            var exclude = WithoutTags.Count + WithoutContacts.Count == 0 ? null : new AudienceExclusion(
                WithoutTags.Count > 0 ? [.. WithoutTags] : null,
                WithoutContacts.Count > 0 ? [.. WithoutContacts] : null);
            return Audience switch
            {
                AudienceChoice.Tags => Tags.Count > 0 ? new(Tags: [.. Tags], Exclude: exclude) : null,
                AudienceChoice.Contacts =>
                    Contacts.Count > 0 ? new(ContactIds: [.. Contacts.Select(contact => contact.Id)], Exclude: exclude) : null,
                AudienceChoice.Segment when SegmentId is not null => new(SegmentId: SegmentId, Exclude: exclude),
                AudienceChoice.Segment => Where is not null ? new(Where: Where, Exclude: exclude) : null,
                _ => new(All: true, Exclude: exclude),
            };
        }
    }

    /// <summary>What a step still lacks: the field, and the text that says so.</summary>
    public (string Field, string Text)? LackOf(int step, Template? template) => (step, this) switch
    {
        (1, { Name: var name }) when string.IsNullOrWhiteSpace(name) => ("name", "NewCampaign.Name.Missing"),
        (2, { ChosenAudience: null, Audience: AudienceChoice.Contacts }) =>
            ("audience.contactIds", "NewCampaign.Audience.Missing"),
        (2, { ChosenAudience: null }) => ("audience", "NewCampaign.Audience.Missing"),
        (3, _) when template is null => ("message1.templateId", "NewCampaign.Template.Missing"),
        (4, { Later: true, StartAt: null }) => ("startAt", "NewCampaign.Start.Missing"),
        _ => null,
    };

    public CampaignForm ToForm(IReadOnlyList<Template> templates, TimeZoneInfo zone) => new(
        Name, new(
            Message1.TemplateId, Message1.Patterns(templates), Message1.ChosenFallbacks(templates),
            Variants.ConvertAll(variant => variant.ToVariant(templates))),
        HasMessage2 ? new(Message2Body ?? "", WithinHours) : null, ChosenAudience,
        Later && StartAt is { } start ? new DateTimeOffset(start, zone.GetUtcOffset(start)) : null,
        HasQuietHours ? new(QuietFrom, QuietTo, QuietZone ?? zone.Id, QuietPerContact) : null,
        PauseAtFailureShare, Sender);

    public static CampaignDraft Of(Campaign campaign, TimeZoneInfo zone, IReadOnlyList<PickedContact> picked) => new()
    {
        Name = campaign.Name,
        Audience = campaign.Audience switch
        {
            { Tags: not null } => AudienceChoice.Tags,
            { ContactIds: not null } => AudienceChoice.Contacts,
            { Where: not null } or { SegmentId: not null } => AudienceChoice.Segment,
            _ => AudienceChoice.All,
        },
        Tags = [.. campaign.Audience.Tags ?? []],
        Contacts = [.. picked],
        SegmentId = campaign.Audience.SegmentId,
        Where = campaign.Audience.Where,
        WithoutTags = [.. campaign.Audience.Exclude?.Tags ?? []],
        WithoutContacts = [.. campaign.Audience.Exclude?.ContactIds ?? []],
        Message1 = Wording.Of(
            null, campaign.Message1.TemplateId, campaign.Message1.Variables, campaign.Message1.Fallbacks),
        Variants = [.. (campaign.Message1.Variants ?? []).Select(variant => Wording.Of(
            variant.Language, variant.TemplateId, variant.Variables, variant.Fallbacks))],
        Sender = campaign.Sender,
        PauseAtFailureShare = campaign.PauseAtFailureShare,
        HasMessage2 = campaign.Message2 is not null,
        Message2Body = campaign.Message2?.Body,
        WithinHours = campaign.Message2?.WithinHours ?? 24,
        Later = campaign.StartAt is not null,
        StartAt = campaign.StartAt is { } start ? TimeZoneInfo.ConvertTime(start, zone).DateTime : null,
        HasQuietHours = campaign.QuietHours is not null,
        QuietFrom = campaign.QuietHours?.From ?? new(21, 0),
        QuietTo = campaign.QuietHours?.To ?? new(8, 0),
        QuietZone = campaign.QuietHours?.TimeZone,
        QuietPerContact = campaign.QuietHours?.PerContact ?? false,
    };

    /// <summary>A template, and what fills its variables.</summary>
    public sealed class Wording
    {
        public Guid? TemplateId { get; set; }

        /// <summary>Of the people who get it; null: the template's.</summary>
        public string? Language { get; set; }

        /// <summary>By the template's variable.</summary>
        public Dictionary<string, VariableChoice> Variables { get; set; } = [];

        /// <summary>By the template's variable, what stands there for whom it would be empty.</summary>
        public Dictionary<string, string?> Fallbacks { get; set; } = [];

        public Template? TemplateOf(IEnumerable<Template> templates) =>
            templates.FirstOrDefault(template => template.Id == TemplateId);

        /// <summary>What fills each variable of the template, as far as it is decided.</summary>
        public Dictionary<string, string?> Patterns(IEnumerable<Template> templates) =>
            (TemplateOf(templates)?.Variables ?? [])
            .Select(name => KeyValuePair.Create(name, Variables.GetValueOrDefault(name)?.Pattern))
            .Where(pattern => !string.IsNullOrWhiteSpace(pattern.Value)).ToDictionary();

        /// <summary>What stands in for variables that are filled with a field.</summary>
        public Dictionary<string, string> ChosenFallbacks(IEnumerable<Template> templates) => Patterns(templates).Keys
            .Where(name => Variables[name].Source != FixedText)
            .Select(name => KeyValuePair.Create(name, Fallbacks.GetValueOrDefault(name) ?? ""))
            .Where(fallback => !string.IsNullOrWhiteSpace(fallback.Value)).ToDictionary();

        public VariantForm ToVariant(IReadOnlyList<Template> templates) =>
            new(Language, TemplateId, Patterns(templates), ChosenFallbacks(templates));

        public static Wording Of(
            string? language, Guid templateId, IReadOnlyDictionary<string, string> variables,
            IReadOnlyDictionary<string, string>? fallbacks) => new()
            {
                TemplateId = templateId,
                Language = language,
                Variables = variables.ToDictionary(pair => pair.Key, pair => VariableChoice.Of(pair.Value)),
                Fallbacks = (fallbacks ?? new Dictionary<string, string>())
                    .ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
            };
    }

    /// <param name="Source">A field's name, <see cref="FixedText"/>, or nothing yet.</param>
    public sealed record VariableChoice(string Source, string? Text)
    {
        /// <summary>As the API takes it.</summary>
        public string? Pattern => Source switch
        {
            "" => null,
            FixedText => Text,
            _ => $"{{{{{Source}}}}}",
        };

        public static VariableChoice Of(string pattern) => OneField().Match(pattern) is { Success: true } field
            ? new(field.Groups[1].Value, null)
            : new(FixedText, pattern);
    }

    public sealed record PickedContact(Guid Id, string Name);

    [GeneratedRegex(@"^\{\{\s*([^{}]+?)\s*\}\}$")]
    private static partial Regex OneField();
}
