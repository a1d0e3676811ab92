using FsCheck;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

internal sealed record Request(string Token, string Target, (string Name, string Value)[] Parameters)
{
    public string Url => Requests.Origin + Target;
}

/// <summary>Requests made of what has broken parsers before, and small alterations of them.</summary>
internal static class Requests
{
    public const string Origin = "https://campaigns.example.com";

    public static readonly Gen<string> Text =
        from pieces in Gen.ArrayOf(Gen.Elements(
            "a", "A", "_", "Z", "0", " ", "+", "%", "%41", "%zz", "&", "=", ";", "é", "e\u0301", "\u202e", "\uffff",
            "！", "😀", "👩‍👩‍👧", "\r\n", "\t", "\0", "\ufeff", "\ufffd", "'", "\"", "<"))
        select string.Concat(pieces);

    public static readonly Gen<Request> Any =
        from token in Gen.Elements("12345", "0123456789abcdef0123456789abcdef", "é")
        from target in Gen.Elements("/", "/api/webhooks/twilio?m=1&a=2", "/a%2Fb?q=a%20b", "/caf%C3%a9?x='+", "/?")
        from parameters in Gen.ArrayOf(Gen.Zip(Text, Text).Select(pair => (pair.Item1, pair.Item2)))
        select new Request(token, target, parameters);

    /// <summary>A request as it was sent, and as it came: unchanged, in another order, or tampered with.</summary>
    public static readonly Gen<(Request Sent, Request Received)> Altered =
        from sent in Any
        from other in Any
        from text in Text
        from index in Gen.Choose(0, Math.Max(0, sent.Parameters.Length - 1))
        from received in Gen.Elements(
            sent,
            sent with { Parameters = [.. sent.Parameters.Reverse()] },
            sent with { Parameters = [.. sent.Parameters, .. sent.Parameters] },
            sent with { Parameters = [.. sent.Parameters, ("Body", text)] },
            sent with { Parameters = [.. sent.Parameters.Skip(1)] },
            sent with { Parameters = [.. sent.Parameters.Select((p, i) => i == index ? (p.Name, p.Value + text) : p)] },
            sent with { Parameters = [.. sent.Parameters.Select((p, i) => i == index ? (p.Value, p.Name) : p)] },
            sent with { Parameters = [.. sent.Parameters.Select(p => (p.Name.ToUpperInvariant(), p.Value.Trim()))] },
            sent with { Token = other.Token },
            sent with { Target = other.Target },
            sent with { Target = sent.Target + "/" })
        select (sent, received);
}
