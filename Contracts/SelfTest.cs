using System.Security.Cryptography;
using System.Text;

namespace Contracts;

/// <summary>
/// How Messaging finds out that the public address leads to our Webhooks service: it calls as the provider would, with
/// a word that nobody has used before, and the answer proves that whoever answered knows the provider's secret.
/// </summary>
public static class SelfTest
{
    /// <summary>The parameter with the word.</summary>
    public const string Field = "SelfTest";

    /// <summary>The answer's header with the proof.</summary>
    public const string Header = "X-Self-Test";

    public static string Proof(string token, string word) => Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes($"self-test {word}")));
}
