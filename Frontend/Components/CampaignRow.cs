namespace Frontend.Components;

/// <param name="Stats">Null for a draft.</param>
public sealed record CampaignRow(Campaign Campaign, CampaignStats? Stats);
