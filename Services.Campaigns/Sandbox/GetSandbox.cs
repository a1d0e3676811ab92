using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>How to join, within which limits, and whether webhooks reach us.</summary>
internal static class GetSandbox
{
    /// <summary>
    /// Meta's pair limit: one message in so many seconds to the same person, bursts borrow from the time to come.
    /// https://developers.facebook.com/docs/whatsapp/cloud-api/overview
    /// </summary>
    private const int PairSeconds = 6;

    public static async Task<Ok<SandboxAnswer>> HandleAsync(
        HttpRequest request, IOptions<SandboxOptions> sandbox, IOptions<SendingOptions> sending, Senders senders,
        PublicAddress address, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var (lastWebhookAt, check) = await ReadAsync(database, cancellationToken);

        _ = PhoneNumber.TryParse(sandbox.Value.Number, out var sender, out _); // checked at start
        var provider = sandbox.Value.Provider;
        var join = sandbox.Value.HasMembership ? sandbox.Value.JoinCode : null;
        var limits = new SandboxLimits(
            sending.Value.RatePerSecond is { } rate ? 1 / rate : sending.Value.MinInterval.TotalSeconds,
            sending.Value.RatePerSecond,
            (int)Contact.SessionTime.TotalHours,
            sandbox.Value.HasMembership ? (int)Contact.MembershipTime.TotalHours : null,
            provider is SenderProvider.Meta ? PairSeconds : null);
        return TypedResults.Ok(new SandboxAnswer(
            sandbox.Value.Mode, provider, sender!.Value, join,
            Instruction(sandbox.Value, request.Language()),
            join is null ? null : $"https://wa.me/{sender.Digits}?text={Uri.EscapeDataString($"join {join}")}",
            limits, address.Webhook, check?.Reachable ?? (lastWebhookAt is null ? null : true),
            check is { Reachable: false } ? WebhookProblem.Text(check.Reason, provider, request.Language()) : null,
            lastWebhookAt, check?.At,
            [.. senders.All.Select(number => SenderAnswer.Of(number, senders.PaceOf(number)))]));
    }

    /// <summary>When a webhook last arrived, and what the self-test says if nothing has arrived since.</summary>
    private static async Task<(DateTimeOffset? LastWebhookAt, Check? Check)> ReadAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select last_at, reachable or coalesce(last_at > checked_at, false), reason, checked_at
            from (select) as always left join webhook_activity on true left join webhook_checks on true
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return (
            row.IsDBNull(0) ? null : row.GetFieldValue<DateTimeOffset>(0),
            row.IsDBNull(1)
                ? null
                : new(
                    row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetString(2),
                    row.GetFieldValue<DateTimeOffset>(3)));
    }

    private sealed record Check(bool Reachable, string? Reason, DateTimeOffset At);

    private static string? Instruction(SandboxOptions sandbox, string language) => language switch
    {
        _ when !sandbox.HasMembership => null,
        "fr" => sandbox.JoinCode is { } code
            ? $"Pour recevoir les messages, envoyez « join {code} » par WhatsApp au {sandbox.Number}. "
                + "L’inscription est valable 72 heures."
            : $"Pour recevoir les messages, envoyez « join » suivi de votre code par WhatsApp au {sandbox.Number}. "
                + "Le code figure dans la console Twilio, à la page de la Sandbox WhatsApp.",
        _ => sandbox.JoinCode is { } code
            ? $"To receive messages, send “join {code}” on WhatsApp to {sandbox.Number}. "
                + "The membership lasts 72 hours."
            : $"To receive messages, send “join” and your code on WhatsApp to {sandbox.Number}. "
                + "The code stands in the Twilio console, on the page of the WhatsApp Sandbox.",
    };
}

/// <param name="Mode">
/// Whom messages reach: people who have joined (sandbox), everybody (production), virtual phones (emulator).
/// </param>
/// <param name="Provider">Whose API sends.</param>
/// <param name="Number">The sender, in E.164.</param>
/// <param name="JoinCode">Null where nobody has to join, or if it is not configured.</param>
/// <param name="JoinInstruction">A sentence for recipients, in the caller's language; null where nobody has to.</param>
/// <param name="JoinLink">Opens WhatsApp with the message that joins.</param>
/// <param name="Limits">What the sender allows.</param>
/// <param name="WebhookUrl">What to enter at the provider; null if <c>PublicUrl</c> is not set.</param>
/// <param name="WebhookReachable">
/// True after a passed self-test or a webhook that arrived; false after a failed self-test; null while nobody knows.
/// </param>
/// <param name="WebhookProblem">Why not, and what to do, in the caller's language.</param>
/// <param name="LastWebhookAt">When the last one arrived.</param>
/// <param name="CheckedAt">When the self-test was last done; null if never.</param>
/// <param name="Senders">All that send, <paramref name="Number"/> first.</param>
internal sealed record SandboxAnswer(
    SandboxMode Mode, SenderProvider Provider, string Number, string? JoinCode, string? JoinInstruction,
    string? JoinLink, SandboxLimits Limits, Uri? WebhookUrl, bool? WebhookReachable, string? WebhookProblem,
    DateTimeOffset? LastWebhookAt, DateTimeOffset? CheckedAt, IReadOnlyList<SenderAnswer> Senders);

/// <param name="Number">In E.164.</param>
/// <param name="RatePerSecond">How many messages it sends a second, at most.</param>
/// <param name="MostAfterPause">How many messages may still leave once a campaign is paused or cancelled.</param>
internal sealed record SenderAnswer(string Number, double RatePerSecond, int MostAfterPause)
{
    public static SenderAnswer Of(string number, Pace pace) => new(number, pace.PerSecond, pace.Window);
}

/// <param name="MinIntervalSeconds">From one message to the next.</param>
/// <param name="RatePerSecond">Set in fast mode.</param>
/// <param name="SessionHours">How long free text is allowed after a person's message.</param>
/// <param name="MembershipHours">How long joining lasts; null where nobody has to join.</param>
/// <param name="PairIntervalSeconds">From one message to the next to the same person; null without that limit.</param>
internal sealed record SandboxLimits(
    double MinIntervalSeconds, double? RatePerSecond, int SessionHours, int? MembershipHours,
    int? PairIntervalSeconds);
