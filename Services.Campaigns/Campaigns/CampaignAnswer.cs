using System.Globalization;
using System.Text.Json.Serialization;
using Contracts;

namespace Services.Campaigns;

/// <param name="StatusReason">The code in the error dictionary of what paused the campaign by itself.</param>
/// <param name="PausedBecause">That in words.</param>
/// <param name="ResumesAt">Paused until then: it goes on by itself.</param>
/// <param name="Sender">Which number sends it; null in a draft: the main one.</param>
/// <param name="PauseAtFailureShare">It pauses when more than this share of what is sent fails; 1: never.</param>
internal sealed record CampaignAnswer(
    Guid Id, string Name, CampaignStatus Status, string? StatusReason,
    CampaignAnswer.Reason? PausedBecause, CampaignAnswer.Message1Part Message1, CampaignAnswer.Message2Part? Message2,
    Audience Audience, DateTimeOffset? StartAt, QuietHours? QuietHours, double PauseAtFailureShare,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, DateTimeOffset? ResumesAt,
    string? Sender)
{
    /// <summary>Where a list was asked for with them, without the measured rate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CampaignStats? Stats { get; init; }

    /// <param name="TemplateId">Whose text it is.</param>
    /// <param name="Variables">What fills each variable.</param>
    /// <param name="Fallbacks">What stands there for whom it would be empty.</param>
    /// <param name="Variants">The same in other languages.</param>
    internal sealed record Message1Part(
        Guid TemplateId, IReadOnlyDictionary<string, string> Variables, IReadOnlyDictionary<string, string> Fallbacks,
        IReadOnlyList<VariantPart> Variants);

    /// <param name="Language">Of the people who get it.</param>
    /// <param name="TemplateId">Whose text it is.</param>
    /// <param name="Variables">What fills each variable.</param>
    /// <param name="Fallbacks">What stands there for whom it would be empty.</param>
    internal sealed record VariantPart(
        string Language, Guid TemplateId, IReadOnlyDictionary<string, string> Variables,
        IReadOnlyDictionary<string, string> Fallbacks);

    internal sealed record Message2Part(string Body, int WithinHours);

    /// <summary>What happened, why, and the one thing to do, in the caller's language.</summary>
    internal sealed record Reason(string Code, string Title, string Explanation, string Action)
    {
        public static Reason? Of(string? code, string? provider)
        {
            var text = code is null ? null
                : ProviderErrors.Find(provider, code).In(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName);
            return text is null ? null : new(code!, text.Title, text.Explanation, text.Action);
        }
    }

    public static CampaignAnswer Of(Campaign campaign) => new(
        campaign.Id, campaign.Name, campaign.Status, campaign.StatusReason,
        Reason.Of(campaign.StatusReason, campaign.StatusProvider),
        new(
            campaign.TemplateId, campaign.Variables, campaign.Fallbacks,
            campaign.Variants.ConvertAll(variant => new VariantPart(
                variant.Language, variant.TemplateId, variant.Variables, variant.Fallbacks))),
        campaign.Message2Body is { } body ? new(body, campaign.Message2WithinHours ?? 24) : null,
        campaign.Audience, campaign.StartAt, campaign.QuietHours, campaign.PauseAtFailureShare, campaign.CreatedAt,
        campaign.StartedAt, campaign.FinishedAt, campaign.ResumeAt, campaign.Sender);
}
