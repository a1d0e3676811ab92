namespace Frontend;

/// <summary>The virtual phones; there are none outside the practice mode.</summary>
public sealed partial class CampaignsClient
{
    public Task<IReadOnlyList<PracticePhone>> ListPhonesAsync(
        int messages, int limit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<PracticePhone>>(
            Query.Of("/api/practice/phones", ("messages", messages), ("limit", limit)), cancellationToken);

    public Task JoinAsync(string number, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{PathOf(number)}/join", new { }, cancellationToken);

    public Task StopAsync(string number, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{PathOf(number)}/stop", new { }, cancellationToken);

    public Task WriteFromPhoneAsync(string number, string text, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{PathOf(number)}/reply", new { text }, cancellationToken);

    private static string PathOf(string number) => $"/api/practice/phones/{Uri.EscapeDataString(number)}";
}
