namespace Services.Campaigns;

/// <summary>Whose API sends. As our API spells it, it is the name in contracts and error dictionary.</summary>
internal enum SenderProvider
{
    Twilio,
    Gupshup,
    Meta,
}
