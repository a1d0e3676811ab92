using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ProviderEmulator.Tests;

public sealed class TwilioSignatureTests
{
    /// <summary>https://www.twilio.com/docs/usage/security: the example of the documentation.</summary>
    [Fact]
    public void The_documented_example_has_its_documented_signature() => Assert.Equal(
        "L/OH5YylLD5NRKLltdqwSvS0BnU=",
        TwilioSignature.Sign("12345", "https://example.com/myapp.php?foo=1&bar=2", [
            new("To", "+18005551212"), new("Digits", "1234"), new("CallSid", "CA1234567890ABCDE"),
            new("Caller", "+14158675310"), new("From", "+14158675310")]));

    [Fact]
    public void Every_valid_form_of_the_published_vectors_is_signed_as_published()
    {
        var vectors = JsonSerializer.Deserialize<Vector[]>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "twilio-signatures.json")),
            JsonSerializerOptions.Web)!;

        // Two kinds were signed for another address than they show: Twilio had added or dropped the port.
        var forms = vectors.Where(vector => vector.Valid && vector.Body is null).ToList();

        Assert.True(forms.Count > 100, $"Only {forms.Count} vectors were read.");
        Assert.All(forms, vector => Assert.Contains(
            vector.Signature,
            vector.Addresses().Select(url => TwilioSignature.Sign(vector.AuthToken, url, vector.Form()))));
        Assert.All(
            forms.Where(vector => !vector.Kind.StartsWith("port-", StringComparison.Ordinal)),
            vector => Assert.Equal(
                vector.Signature, TwilioSignature.Sign(vector.AuthToken, vector.Url, vector.Form())));
    }

    [Fact]
    public void A_signature_depends_neither_on_the_order_nor_on_the_repetition_of_the_fields() =>
        Prop.ForAll<(NonNull<string> Name, NonNull<string> Value)[]>(fields =>
        {
            var form = fields.Select(field => KeyValuePair.Create(field.Name.Get, field.Value.Get)).ToList();
            return Sign(form) == Sign([.. form.AsEnumerable().Reverse(), .. form]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_signature_changes_with_the_value_and_with_the_token() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((value, other) =>
            value.Get == other.Get
            || (Sign([new("Body", value.Get)]) != Sign([new("Body", other.Get)])
                && Sign([], "k" + value.Get) != Sign([], "k" + other.Get))
            || HaveTheSameUtf8(value.Get, other.Get)).QuickCheckThrowOnFailure();

    private static string Sign(IReadOnlyList<KeyValuePair<string, string>> form, string token = "token") =>
        TwilioSignature.Sign(token, "https://example.com/status", form);

    // Halves of surrogate pairs all become the same replacement character; HMAC fills a key up with zeros.
    private static bool HaveTheSameUtf8(string one, string other) =>
        System.Text.Encoding.UTF8.GetBytes(one.TrimEnd('\0')).AsSpan()
            .SequenceEqual(System.Text.Encoding.UTF8.GetBytes(other.TrimEnd('\0')));

    private sealed record Vector(
        string Kind, string Url, Dictionary<string, JsonElement> Params, string AuthToken, string Signature, bool Valid,
        string? Body = null)
    {
        public IEnumerable<KeyValuePair<string, string>> Form() => Params.SelectMany(
            pair => pair.Value.ValueKind is JsonValueKind.Array ? pair.Value.EnumerateArray().ToArray() : [pair.Value],
            (pair, value) => KeyValuePair.Create(pair.Key, value.GetString()!));

        public IEnumerable<string> Addresses()
        {
            var uri = new Uri(Url);
            var start = $"{uri.Scheme}://{uri.Host}";
            var rest = Url[(Url.IndexOf("://", StringComparison.Ordinal) + 3)..];
            var path = rest.IndexOf('/', StringComparison.Ordinal) is var at and >= 0 ? rest[at..] : "";
            return [Url, start + path, $"{start}:{uri.Port}{path}"];
        }
    }
}
