namespace Frontend.Components;

/// <summary>
/// The one thing to offer beside a cause of failure: https://www.twilio.com/docs/api/errors,
/// https://docs.gupshup.io/docs/error-and-status-messages,
/// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
/// </summary>
public static class Remedy
{
    public enum Kind
    {
        /// <summary>Its words say what to do; nothing here can do it.</summary>
        Read,
        Retry,

        /// <summary>The person has to join the Sandbox.</summary>
        Invite,
        Template,
    }

    public static Kind For(string code, bool permanent) => code switch
    {
        "63015" or "InvalidSandboxRequest" => Kind.Invite,
        "63005" or "63016" or "63021" or "63027" or "63028" or "63030" or "63040" or "63041" or "63042" => Kind.Template,
        "1005" or "4003" or "4005" => Kind.Template, // Gupshup's
        "470" or "131047" or "132000" or "132001" or "132005" or "132007" or "132008" or "132012" or "132015"
            or "132016" => Kind.Template, // Meta's
        _ => permanent ? Kind.Read : Kind.Retry,
    };
}
