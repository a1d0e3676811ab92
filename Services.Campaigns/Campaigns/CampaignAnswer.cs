using System.Text.Json.Serialization;

namespace Services.Campaigns;

/// <param name="StatusReason">The error code that paused the campaign by itself.</param>
internal sealed record CampaignAnswer(
    Guid Id, string Name, CampaignStatus Status, string? StatusReason, CampaignAnswer.Message1Part Message1,
    CampaignAnswer.Message2Part? Message2, Audience Audience, DateTimeOffset? StartAt, QuietHours? QuietHours,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    /// <summary>Where a list was asked for with them, without the measured rate.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CampaignStats? Stats { get; init; }

    internal sealed record Message1Part(Guid TemplateId, IReadOnlyDictionary<string, string> Variables);

    internal sealed record Message2Part(string Body, int WithinHours);

    public static CampaignAnswer Of(Campaign campaign) => new(
        campaign.Id, campaign.Name, campaign.Status, campaign.StatusReason,
        new(campaign.TemplateId, campaign.Variables),
        campaign.Message2Body is { } body ? new(body, campaign.Message2WithinHours ?? 24) : null,
        campaign.Audience, campaign.StartAt, campaign.QuietHours, campaign.CreatedAt, campaign.StartedAt,
        campaign.FinishedAt);
}
