namespace Frontend.Components;

/// <summary>The one thing to offer beside a cause of failure. https://www.twilio.com/docs/api/errors</summary>
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
        _ => permanent ? Kind.Read : Kind.Retry,
    };
}
