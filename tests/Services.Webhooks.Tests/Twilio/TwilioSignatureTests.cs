using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Services.Webhooks.Tests;

public sealed partial class TwilioSignatureTests
{
    private const string Token = "12345";

    /// <summary>Signed with the official library; the cases that must fail were altered after signing.</summary>
    [Fact]
    public void Agrees_with_the_official_library_on_all_200_vectors()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(
            Path.Combine(AppContext.BaseDirectory, "Vectors", "twilio-signatures.json")));

        var wrong = vectors.RootElement.EnumerateArray()
            .Where(vector => IsValid(vector) != vector.GetProperty("valid").GetBoolean())
            .Select(vector => $"{vector.GetProperty("id")} {vector.GetProperty("kind")}");

        Assert.Equal(200, vectors.RootElement.GetArrayLength());
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_example_of_the_documentation_is_valid()
    {
        (string, string)[] parameters =
        [
            ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675310"), ("Digits", "1234"), ("From", "+14158675310"),
            ("To", "+18005551212"),
        ];

        Assert.True(IsValid(
            "https://example.com", "/myapp.php?foo=1&bar=2", parameters, "L/OH5YylLD5NRKLltdqwSvS0BnU=", Token));
    }

    [Fact]
    public void Property_6_a_request_is_valid_exactly_if_what_was_signed_is_what_came() =>
        Prop.ForAll(Requests.Altered.ToArbitrary(), pair =>
        {
            var signed = Signer.TextOf(pair.Sent.Url, pair.Sent.Parameters);
            var received = Signer.TextOf(pair.Received.Url, pair.Received.Parameters);

            var valid = IsValid(
                Requests.Origin, pair.Received.Target, pair.Received.Parameters,
                Signer.Sign(pair.Sent.Token, signed), pair.Received.Token);

            return valid == (signed == received && pair.Sent.Token == pair.Received.Token);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Property_6_an_altered_signature_is_not_valid() =>
        Prop.ForAll(Requests.Any.ToArbitrary(), Gen.Choose(0, 27).ToArbitrary(), (request, position) =>
        {
            var signature = Signer.Sign(request.Token, Signer.TextOf(request.Url, request.Parameters)).ToCharArray();
            signature[position] = signature[position] == 'A' ? 'B' : 'A';

            return !IsValid(Requests.Origin, request.Target, request.Parameters, new(signature), request.Token);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("https://example.com", "https://example.com")]
    [InlineData("https://example.com", "https://example.com:443")]
    [InlineData("https://example.com:443", "https://example.com")]
    [InlineData("http://example.com", "http://example.com:80")]
    [InlineData("https://example.com:8443", "https://example.com")]
    [InlineData("https://user:secret@example.com#rc=5", "https://example.com")]
    [InlineData("https://example.com/base/", "https://example.com/base")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    public void The_public_address_fits_with_and_without_its_port(string configured, string called) =>
        Assert.True(IsValid(configured, "/hook?m=1", [], Signer.Sign(Token, called + "/hook?m=1"), Token));

    [Theory]
    [InlineData("https://example.com", "http://example.com")]
    [InlineData("https://example.com", "https://example.com:8443")]
    [InlineData("https://example.com", "https://example.org")]
    [InlineData("https://example.com/base", "https://example.com")]
    public void Another_address_does_not_fit(string configured, string called) =>
        Assert.False(IsValid(configured, "/hook", [], Signer.Sign(Token, called + "/hook"), Token));

    [Fact]
    public void During_a_rotation_each_of_the_configured_tokens_is_good()
    {
        using var form = TwilioForm.Parse([]);
        byte[][] tokens = ["old"u8.ToArray(), "new"u8.ToArray()];
        var origins = TwilioSignature.Origins(new("https://example.com"));

        Assert.All(["old", "new"], token => Assert.True(
            TwilioSignature.IsValid(Signer.Sign(token, "https://example.com/"), origins, "/", form, tokens)));
        Assert.False(TwilioSignature.IsValid(Signer.Sign("older", "https://example.com/"), origins, "/", form, tokens));
    }

    private static bool IsValid(
        string publicUrl, string target, IEnumerable<(string, string)> parameters, string signature, string token)
    {
        using var form = TwilioForm.Parse(Encoding.UTF8.GetBytes(Signer.FormOf(parameters)));
        return TwilioSignature.IsValid(
            signature, TwilioSignature.Origins(new(publicUrl)), target, form, [Encoding.UTF8.GetBytes(token)]);
    }

    private static bool IsValid(JsonElement vector)
    {
        var (signature, token) = (Text("signature"), Text("authToken"));
        var (origin, target) = SplitUrl().Match(Text("url")) is var url
            ? (url.Groups[1].Value, url.Groups[2].Value) : default;
        if (vector.TryGetProperty("body", out var body))
        {
            return TwilioSignature.IsValid(
                signature, TwilioSignature.Origins(new(origin)), target, Encoding.UTF8.GetBytes(body.GetString()!),
                [Encoding.UTF8.GetBytes(token)]);
        }

        return IsValid(origin, target, vector.GetProperty("params").EnumerateObject().SelectMany(parameter =>
            parameter.Value.ValueKind == JsonValueKind.Array
                ? parameter.Value.EnumerateArray().Select(value => (parameter.Name, value.GetString()!))
                : [(parameter.Name, parameter.Value.GetString()!)]), signature, token);

        string Text(string name) => vector.GetProperty(name).GetString()!;
    }

    [GeneratedRegex("^(https?://[^/?]+)(.*)$", RegexOptions.Singleline)]
    private static partial Regex SplitUrl();
}
