namespace Services.Campaigns;

/// <summary>Whether a person can be written to now.</summary>
/// <param name="Text">Free text: within 24 hours of their last message.</param>
/// <param name="Template">An approved template.</param>
/// <param name="Reason">Why not everything, and what to do, in the caller's language.</param>
internal sealed record Writable(bool Text, bool Template, string? Reason)
{
    public static Writable To(Contact contact, Explain explain, DateTimeOffset now)
    {
        // Only who is proved to have left: a membership that has run out may have been renewed without our knowing.
        var hasLeft = explain.Sandbox.HasMembership
            && contact.MembershipAt(now) is { State: SandboxState.NotJoined, ExpiresAt: null };
        return contact.OptedOutAt is not null ? new(false, false, Why(SkipReasons.OptedOut))
            : hasLeft ? new(false, false, Why(Consequences.NotJoined))
            : contact.SessionAt(now).Open ? new(true, true, null)
            : new(false, true, Why(SkipReasons.NoOpenSession));

        string? Why(string code) =>
            explain.Error(code, provider: null) is { } error ? $"{error.Explanation} {error.Action}" : null;
    }
}
