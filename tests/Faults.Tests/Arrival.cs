using System.Web;

namespace Faults.Tests;

/// <summary>A call at the provider, from its log.</summary>
/// <param name="Sid">Of what was accepted, whatever was answered.</param>
internal sealed record Arrival(
    long Number, DateTimeOffset At, string Method, string? To, string? StatusCallback, int? Status, string? Sid)
{
    public bool IsOrder => Method == "POST";

    /// <summary>Our message, as the address of its callbacks has it.</summary>
    public Guid MessageId => Guid.Parse(HttpUtility.ParseQueryString(new Uri(StatusCallback!).Query)["m"]!);
}
