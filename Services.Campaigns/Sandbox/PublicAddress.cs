namespace Services.Campaigns;

/// <summary>Where the provider finds our webhook: below the setting <c>PublicUrl</c>; null if that is not set.</summary>
internal sealed record PublicAddress(Uri? Webhook)
{
    public static PublicAddress Read(IConfiguration configuration) => configuration["PublicUrl"] switch
    {
        null or "" => new((Uri?)null),
        var text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme.StartsWith("http", StringComparison.Ordinal) =>
            new(new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/webhooks/twilio")),
        _ => throw new InvalidOperationException(
            "PublicUrl is the gateway's address as the provider reaches it, such as https://example.org."),
    };
}
