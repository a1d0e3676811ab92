namespace Frontend.Components;

/// <summary>Colour and icon of each status, in one place; the words are in Texts/Words.</summary>
public static class Look
{
    /// <summary>The class that colours: status-read and so on (site.css).</summary>
    public static string Css<T>(T status)
        where T : struct, Enum => $"status-{status.ToString().ToLowerInvariant()}";

    /// <summary>How fast messages may leave, in words.</summary>
    public static string Rate(Texts texts, SandboxLimits limits) => Rate(texts, limits.PerSecond);

    /// <param name="texts">The words.</param>
    /// <param name="perSecond">How many messages; 0: as many as there are.</param>
    public static string Rate(Texts texts, double perSecond) => perSecond switch
    {
        0 => texts["Common.Rate.None"],
        < 1 and var slow => texts["Common.Rate.Minute", Format.Rounded(slow * 60)],
        var fast => texts["Common.Rate.Second", Format.Rounded(fast)],
    };

    /// <summary>What the provider says of a template, in words; for what we have none, in its own.</summary>
    public static string Approval(Texts texts, string approval) => approval switch
    {
        "approved" => texts["Templates.Approval.Approved"],
        "pending" or "received" => texts["Templates.Approval.Pending"],
        "unsubmitted" => texts["Templates.Approval.Unsubmitted"],
        "rejected" => texts["Templates.Approval.Rejected"],
        "paused" => texts["Templates.Approval.Paused"],
        "disabled" => texts["Templates.Approval.Disabled"],
        "missing" => texts["Templates.Approval.Missing"],
        _ => texts["Templates.Approval.Other", approval],
    };

    /// <summary>Whether a campaign with such a template is refused.</summary>
    public static bool IsBarred(string? approval) => approval is "rejected" or "paused" or "disabled" or "missing";

    /// <summary>The class that colours what the provider says, and its icon.</summary>
    public static (string Css, string Icon) OfApproval(string approval) => approval switch
    {
        "approved" => ("status-read", "check"),
        _ when IsBarred(approval) => ("status-failed", "warning"),
        _ => ("status-pending", "clock"),
    };

    /// <summary>Whose message a sample is and, where there are several, in which language.</summary>
    public static string Reader(Texts texts, PreviewSample sample, bool tellsLanguage) => tellsLanguage
        ? texts["NewCampaign.To.In", sample.DisplayName, sample.Language ?? ""]
        : texts["NewCampaign.To", sample.DisplayName];

    public static string Icon(MessageStatus status) => status switch
    {
        MessageStatus.Pending => "clock",
        MessageStatus.Queued or MessageStatus.Sending => "arrow",
        MessageStatus.Retrying => "refresh",
        MessageStatus.Sent => "check",
        MessageStatus.Delivered => "checks",
        MessageStatus.Read => "eye",
        MessageStatus.Failed => "warning",
        MessageStatus.Skipped => "skip",
        MessageStatus.Cancelled => "cross",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Icon(CampaignStatus status) => status switch
    {
        CampaignStatus.Draft => "pencil",
        CampaignStatus.Scheduled => "clock",
        CampaignStatus.Running => "arrow",
        CampaignStatus.Paused => "pause",
        CampaignStatus.Completed => "checks",
        CampaignStatus.Cancelled => "cross",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    public static string Icon(ImportState state) => state switch
    {
        ImportState.Pending => "clock",
        ImportState.Running => "arrow",
        ImportState.Completed => "check",
        ImportState.Failed => "warning",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
