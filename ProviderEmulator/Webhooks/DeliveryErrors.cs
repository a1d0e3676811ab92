namespace ProviderEmulator;

/// <summary>What a delivery can end with. https://www.twilio.com/docs/api/errors</summary>
internal static class DeliveryErrors
{
    public const int NotJoined = 63015;
    public const int OutsideWindow = 63016;
    public const int TemplateTooLong = 63021;
    public const int NotReachable = 63024;

    public static string Text(int? code) => code switch
    {
        NotJoined => "The sandbox can only reach phones that have joined it",
        OutsideWindow => "Free text outside the allowed window: use a template",
        TemplateTooLong => "The channel does not accept this content",
        NotReachable => "Invalid message recipient",
        63014 => "Blocked by an action of the user",
        63018 => "Rate limit exceeded for the channel",
        63038 => "The account exceeded its daily messages limit",
        _ => $"Error {code}",
    };
}
