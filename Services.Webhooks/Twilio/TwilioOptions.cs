using System.ComponentModel.DataAnnotations;

namespace Services.Webhooks;

/// <summary>The <c>Twilio</c> section, and the address at which Twilio reaches the gateway.</summary>
internal sealed class TwilioOptions
{
    private const string TokenMissing = "Twilio__AuthToken is not set: the account's auth token.";

    [Required(ErrorMessage = "Twilio__AccountSid is not set: the account's SID, AC followed by 32 digits.")]
    public string AccountSid { get; set; } = "";

    /// <summary>What Twilio signs with; several, separated by commas, while the token is being rotated.</summary>
    [RegularExpression("(?s).*[^, ].*", ErrorMessage = TokenMissing), Required(ErrorMessage = TokenMissing)]
    public string AuthToken { get; set; } = "";

    /// <summary>Scheme, host, port and base path of the URLs that Twilio calls and signs.</summary>
    [PublicAddress]
    public string? PublicUrl { get; set; }

    public string[] GetTokens() =>
        AuthToken.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class PublicAddressAttribute() : ValidationAttribute(
        "PublicUrl is not an address: write the gateway's public one, for example https://campaigns.example.com.")
    {
        public override bool IsValid(object? value) =>
            Uri.TryCreate(value as string, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && url.Query.Length == 0;
    }
}
