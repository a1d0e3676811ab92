namespace Services.Campaigns;

/// <summary>Where the provider finds our webhook: below <c>PublicUrl</c>; null if that is not set.</summary>
internal sealed record PublicAddress(Uri? Webhook)
{
    public static PublicAddress Read(IConfiguration configuration)
    {
        var text = configuration["PublicUrl"];
        if (string.IsNullOrEmpty(text))
        {
            return new((Uri?)null);
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new InvalidOperationException(
                "PublicUrl is the gateway's address as the provider reaches it, such as https://example.org.");
        }

        var provider = configuration["Sandbox:Provider"] is { Length: > 0 } name ? name.ToLowerInvariant() : "twilio";
        return new(new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/webhooks/{provider}"));
    }
}
