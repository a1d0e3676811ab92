using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

internal enum CampaignStatus
{
    Draft,
    Scheduled,
    Running,
    Paused,
    Completed,
    Cancelled,
}

/// <summary>One template message to an audience, and what follows a reply.</summary>
/// <remarks>
/// <c>draft → scheduled → running ⇄ paused → completed</c>, <c>cancelled</c> from any of them but completed.
/// The moves that answer <c>false</c> are not allowed in the present state and change nothing.
/// </remarks>
internal sealed class Campaign
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public CampaignStatus Status { get; private set; }

    /// <summary>The code in the error dictionary of what paused it by itself.</summary>
    public string? StatusReason { get; private set; }

    /// <summary>Whose code that is; null: ours.</summary>
    public string? StatusProvider { get; private set; }

    /// <summary>Then it goes on by itself; null: when somebody says so.</summary>
    public DateTimeOffset? ResumeAt { get; private set; }

    public required Guid TemplateId { get; set; }

    /// <summary>What fills each variable of the template, e.g. <c>"1" → "{{firstName}}"</c>.</summary>
    public Dictionary<string, string> Variables { get; set; } = [];

    /// <summary>By variable, what stands there for whom it would be empty.</summary>
    public Dictionary<string, string> Fallbacks { get; set; } = [];

    public Filling Filling => new(Variables, Fallbacks);

    /// <summary>The same in other languages.</summary>
    public List<Variant> Variants { get; set; } = [];

    public string? Message2Body { get; set; }

    public int? Message2WithinHours { get; set; }

    public required Audience Audience { get; set; }

    public DateTimeOffset? StartAt { get; set; }

    public QuietHours? QuietHours { get; set; }

    /// <summary>It pauses when more than this share of what is sent fails; 1: never.</summary>
    public double PauseAtFailureShare { get; set; } = FailureWatch.UsualShare;

    /// <summary>Frozen at launch, as is <see cref="Body"/>.</summary>
    public string? ContentSid { get; private set; }

    public string? Body { get; private set; }

    /// <summary>Null in a draft.</summary>
    public TemplateContent? Content => Body is null ? null : new(ContentSid!, Language, Body);

    /// <summary>Null in a draft: the main one at launch.</summary>
    public string? Sender { get; private set; }

    /// <summary>The template's; frozen with it.</summary>
    public string? Language { get; private set; }

    public DateTimeOffset? LaunchedAt { get; private set; }

    public Guid? FrozenUpTo { get; private set; }

    public DateTimeOffset? FrozenAt { get; private set; }

    /// <summary>
    /// Where its recipients live (<see cref="Region"/>); null unless its quiet hours are each person's own.
    /// </summary>
    public string[]? Regions { get; private set; }

    public DateTimeOffset? LastFedAt { get; private set; }

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? FinishedAt { get; private set; }

    public string? TraceParent { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public static Campaign Create(CampaignDetails details, DateTimeOffset now, Guid? id = null)
    {
        var campaign = new Campaign
        {
            Id = id ?? Guid.CreateVersion7(now),
            Name = details.Name,
            TemplateId = details.TemplateId,
            Audience = details.Audience,
            CreatedAt = now,
        };
        campaign.TryChange(details, now);
        return campaign;
    }

    /// <summary>Only a draft can be changed.</summary>
    public bool TryChange(CampaignDetails details, DateTimeOffset now)
    {
        if (Status != CampaignStatus.Draft)
        {
            return false;
        }

        (Name, TemplateId, Variables) = (details.Name, details.TemplateId, details.Variables);
        (Message2Body, Message2WithinHours) = (details.Message2Body, details.Message2WithinHours);
        (Audience, StartAt, QuietHours, UpdatedAt) = (details.Audience, details.StartAt, details.QuietHours, now);
        (PauseAtFailureShare, Fallbacks, Sender) = (details.PauseAtFailureShare, details.Fallbacks ?? [], details.Sender);
        Variants = [.. details.Variants ?? []];
        return true;
    }

    /// <summary>409 that says why this state does not allow it.</summary>
    public ProblemHttpResult Refusal(string move) => Problems.Conflict(new Remedy(
        $"A {Status.ToString().ToLowerInvariant()} campaign cannot be {move}.",
        "L’état actuel de la campagne ne le permet pas."));

    /// <summary>The variables of its templates that it does not fill, as they have changed since.</summary>
    public IReadOnlyList<string> Unfilled(IReadOnlyDictionary<Guid, Template> templates) =>
    [
        .. templates[TemplateId].Variables.Except(Variables.Keys)
            .Concat(Variants.SelectMany(variant =>
                templates[variant.TemplateId].Variables.Except(variant.Variables.Keys)))
            .Distinct(),
    ];

    /// <summary>409 of a draft that cannot do without it.</summary>
    public static ProblemHttpResult TemplateGone => Problems.Conflict(new Remedy(
        "The campaign's template has been deleted: choose another one.",
        "Le modèle de la campagne a été supprimé : choisissez-en un autre."));

    /// <param name="words">What its templates say now.</param>
    public bool TryLaunch(Wordings words, string sender, string? traceParent, DateTimeOffset now)
    {
        if (Status != CampaignStatus.Draft)
        {
            return false;
        }

        ((ContentSid, Language, Body), Sender, TraceParent) = (words.Main.Content!, sender, traceParent);
        Variants = [.. Variants.Zip(words.Variants, (variant, said) => variant with { Content = said.Content })];
        LaunchedAt = now;
        Move(StartAt > now ? CampaignStatus.Scheduled : CampaignStatus.Running, now);
        return true;
    }

    /// <summary>Also where it would go on by itself (<see cref="ResumeAt"/>): then it does not.</summary>
    public bool TryPause(DateTimeOffset now) =>
        TryMove(ResumeAt is null ? CampaignStatus.Running : CampaignStatus.Paused, CampaignStatus.Paused, now);

    public bool TryResume(DateTimeOffset now) => TryMove(CampaignStatus.Paused, CampaignStatus.Running, now);

    public bool TryCancel(DateTimeOffset now)
    {
        if (Status is CampaignStatus.Completed or CampaignStatus.Cancelled)
        {
            return false;
        }

        Move(CampaignStatus.Cancelled, now);
        return true;
    }

    /// <summary>When its sending ends.</summary>
    /// <param name="start">When it begins.</param>
    /// <param name="work">How long it takes without quiet hours.</param>
    /// <param name="regions">
    /// Whose quiet hours count if they are each person's own: it ends at the latest when the whole of it would be done
    /// in the hours of the region that is the last.
    /// </param>
    public DateTimeOffset EndOf(DateTimeOffset start, TimeSpan work, IEnumerable<string>? regions = null) =>
        QuietHours switch
        {
            null => start + work,
            { PerContact: true } hours => (regions ?? [])
                .Select(region => hours.EndOf(start, work, region)).DefaultIfEmpty(start + work).Max(),
            var hours => hours.EndOf(start, work),
        };

    private bool TryMove(CampaignStatus from, CampaignStatus to, DateTimeOffset now)
    {
        if (Status != from)
        {
            return false;
        }

        Move(to, now);
        return true;
    }

    private void Move(CampaignStatus to, DateTimeOffset now)
    {
        (Status, StatusReason, StatusProvider, ResumeAt, UpdatedAt) = (to, null, null, null, now);
        StartedAt ??= to == CampaignStatus.Running ? now : null;
        FinishedAt ??= to == CampaignStatus.Cancelled ? now : null;
    }
}
