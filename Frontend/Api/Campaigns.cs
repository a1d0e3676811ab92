using System.Text.Json;
using System.Text.Json.Serialization;

namespace Frontend;

public enum CampaignStatus
{
    Draft,
    Scheduled,
    Running,
    Paused,
    Completed,
    Cancelled,
}

/// <param name="PausedBecause">What paused it by itself.</param>
/// <param name="Stats">In lists.</param>
/// <param name="ResumesAt">Paused until then: it goes on by itself.</param>
/// <param name="Sender">Null in a draft: the main one.</param>
public sealed record Campaign(
    Guid Id, string Name, CampaignStatus Status, PausedBecause? PausedBecause, Message1 Message1, Message2? Message2,
    Audience Audience, DateTimeOffset? StartAt, QuietHours? QuietHours, DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, CampaignStats? Stats = null,
    double? PauseAtFailureShare = null, DateTimeOffset? ResumesAt = null, string? Sender = null)
{
    /// <summary>Something will still happen by itself.</summary>
    public bool IsUnderWay => Status is CampaignStatus.Scheduled or CampaignStatus.Running or CampaignStatus.Paused;
}

public sealed record PausedBecause(string Title, string Explanation, string Action);

/// <summary>How many campaigns there are in each state.</summary>
public sealed record CampaignCounts(
    long All, long Draft, long Scheduled, long Running, long Paused, long Completed, long Cancelled)
{
    [JsonIgnore]
    public IReadOnlyList<(CampaignStatus Status, long Count)> ByStatus =>
    [
        (CampaignStatus.Draft, Draft), (CampaignStatus.Scheduled, Scheduled), (CampaignStatus.Running, Running),
        (CampaignStatus.Paused, Paused), (CampaignStatus.Completed, Completed), (CampaignStatus.Cancelled, Cancelled),
    ];
}

/// <summary>What people enter about a campaign; the API checks it.</summary>
public sealed record CampaignForm(
    string? Name, Message1Form Message1, Message2? Message2, Audience? Audience, DateTimeOffset? StartAt = null,
    QuietHoursForm? QuietHours = null, double? PauseAtFailureShare = null, string? Sender = null);

public sealed record QuietHoursForm(TimeOnly? From, TimeOnly? To, string? TimeZone, bool PerContact = false);

public sealed record Message1Form(
    Guid? TemplateId, IReadOnlyDictionary<string, string?> Variables,
    IReadOnlyDictionary<string, string>? Fallbacks = null, IReadOnlyList<VariantForm>? Variants = null);

/// <param name="Language">Null: the template's.</param>
public sealed record VariantForm(
    string? Language, Guid? TemplateId, IReadOnlyDictionary<string, string?> Variables,
    IReadOnlyDictionary<string, string>? Fallbacks = null);

/// <param name="Variables">What fills each variable: a text, or a field such as <c>{{firstName}}</c>.</param>
/// <param name="Fallbacks">What stands there for whom it would be empty.</param>
/// <param name="Variants">The same in other languages.</param>
public sealed record Message1(
    Guid TemplateId, IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, string>? Fallbacks = null, IReadOnlyList<Variant>? Variants = null);

/// <param name="Language">Of the people who get it.</param>
public sealed record Variant(
    string Language, Guid TemplateId, IReadOnlyDictionary<string, string> Variables,
    IReadOnlyDictionary<string, string>? Fallbacks = null);

/// <summary>The answer to a reply.</summary>
public sealed record Message2(string Body, int WithinHours = 24);

/// <summary>Exactly one of the first three, <paramref name="Where"/> and <paramref name="SegmentId"/> is set.</summary>
public sealed record Audience(
    bool? All = null, IReadOnlyList<string>? Tags = null, IReadOnlyList<Guid>? ContactIds = null,
    AudienceExclusion? Exclude = null, JsonElement? Where = null, Guid? SegmentId = null);

/// <summary>A condition with a name.</summary>
public sealed record Segment(Guid Id, string Name, JsonElement Where);

/// <summary>What people enter about a segment; the API checks it.</summary>
public sealed record SegmentForm(string? Name, JsonElement? Where);

/// <summary>Who is left out although the audience names them.</summary>
public sealed record AudienceExclusion(IReadOnlyList<string>? Tags = null, IReadOnlyList<Guid>? ContactIds = null);

/// <summary>Every day nothing leaves in these hours, which may pass midnight.</summary>
/// <param name="TimeZone">IANA name.</param>
/// <param name="PerContact">By each person's own clock, as far as their number tells.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To, string TimeZone, bool PerContact = false);

/// <summary>What a launch would do now.</summary>
/// <param name="EstimatedFinishAt">With its start and its quiet hours.</param>
/// <param name="Expiring">Recipients who will have left the Sandbox by their turn.</param>
/// <param name="Total">Everybody in the audience.</param>
/// <param name="Samples">Some of each language.</param>
/// <param name="TemplateApproval">What the provider says of the template, if anything.</param>
public sealed record Preview(
    long Recipients, PreviewExclusions Excluded, double EstimatedDurationSeconds, DateTimeOffset EstimatedFinishAt,
    double RatePerSecond, IReadOnlyList<PreviewSample> Samples, long? Expiring = null, long Total = 0,
    string? TemplateApproval = null, IReadOnlyList<PreviewVariant>? Variants = null)
{
    /// <summary>One in each language; those there are, where there is one only.</summary>
    [JsonIgnore]
    public IReadOnlyList<PreviewSample> Shown =>
        Variants is { Count: > 0 } ? [.. Samples.DistinctBy(sample => sample.Language)] : Samples;
}

/// <summary>How many get Message 1 in this other language.</summary>
public sealed record PreviewVariant(string Language, long Recipients);

public sealed record PreviewExclusions(long OptedOut, long NotJoined, long MissingVariable);

public sealed record PreviewSample(
    string Phone, string Text, Guid? ContactId = null, string? FirstName = null, string? LastName = null,
    string? Language = null)
{
    /// <summary>The name, or the number of who has none.</summary>
    public string DisplayName => Contact.NameOf(FirstName, LastName) ?? Phone;
}

/// <summary>Somebody of an audience who lacks a value.</summary>
/// <param name="Missing">The template's variables that would be empty.</param>
public sealed record MissingValue(
    Guid ContactId, string Phone, string? FirstName, string? LastName, IReadOnlyList<string> Missing)
{
    /// <summary>The name, or the number of who has none.</summary>
    public string DisplayName => Contact.NameOf(FirstName, LastName) ?? Phone;
}

/// <summary>An audience, and the template and variables that show what it would read.</summary>
public sealed record AudienceQuestion(
    Audience Audience, Guid? TemplateId = null, IReadOnlyDictionary<string, string?>? Variables = null,
    IReadOnlyDictionary<string, string>? Fallbacks = null, IReadOnlyList<VariantForm>? Variants = null);

public sealed record TestSent(Guid MessageId);

