namespace Frontend;

/// <summary>A virtual phone of the practice mode.</summary>
public sealed record PracticePhone(
    string Number, string ProfileName, bool Joined, DateTimeOffset? JoinedUntil, DateTimeOffset? WindowUntil,
    IReadOnlyList<PracticeMessage>? Messages);

/// <param name="Direction">As the phone's network sees it: outbound comes to the phone.</param>
public sealed record PracticeMessage(
    string Sid, string Direction, string Body, string Status, int? ErrorCode, DateTimeOffset At);
