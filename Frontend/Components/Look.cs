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

    /// <summary>What WhatsApp says of a template, in words.</summary>
    public static string Approval(Texts texts, string approval) => approval switch
    {
        "approved" => texts["Templates.Approval.Approved"],
        "rejected" => texts["Templates.Approval.Rejected"],
        "unsubmitted" => texts["Templates.Approval.Unsubmitted"],
        _ => texts["Templates.Approval.Pending"],
    };

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
