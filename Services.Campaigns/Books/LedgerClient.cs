using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Contracts;

namespace Services.Campaigns;

/// <summary>
/// Reads Messaging's ledger. Over HTTP, where everything else between the two goes through the broker: it is a question
/// with a large answer, asked for a report; whether somebody answers concerns no message.
/// </summary>
internal sealed class LedgerClient(HttpClient http, IConfiguration configuration, TimeProvider clock)
{
    private const int PageSize = 5000;

    private static readonly TimeSpan PageLimit = TimeSpan.FromSeconds(30);

    /// <summary>The provider's list is read page by page while we wait.</summary>
    private static readonly TimeSpan AuditLimit = TimeSpan.FromMinutes(30);

    private readonly Uri[] _addresses = [.. configuration.GetSection("services:messaging:http").GetChildren()
        .Where(address => !string.IsNullOrWhiteSpace(address.Value)).Select(address => new Uri(address.Value!))];

    /// <summary>The campaign's attempts, message by message, in the order of the messages' ids.</summary>
    /// <exception cref="LedgerAwayException">Messaging does not answer.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LedgerEntry>> ReadAsync(
        Guid campaignId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (message, attempt) = (Guid.Empty, 0);
        var attempts = new List<LedgerEntry>();
        List<LedgerEntry> page;
        do
        {
            page = (await AskAsync<List<LedgerEntry>>(
                HttpMethod.Get,
                $"ledger?campaignId={campaignId}&message={message}&attempt={attempt}&limit={PageSize}", null, PageLimit,
                cancellationToken))!;
            foreach (var entry in page)
            {
                if (attempts.Count > 0 && attempts[0].MessageId != entry.MessageId)
                {
                    yield return attempts;
                    attempts = [];
                }

                attempts.Add(entry);
                (message, attempt) = (entry.MessageId, entry.Attempt);
            }
        }
        while (page.Count == PageSize);

        if (attempts.Count > 0)
        {
            yield return attempts;
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public async Task<ILookup<Guid, LedgerEntry>> OfMessagesAsync(
        Guid[] messages, CancellationToken cancellationToken)
    {
        var entries = await AskAsync<List<LedgerEntry>>(
            HttpMethod.Post, "ledger", messages, PageLimit, cancellationToken);
        return entries!.ToLookup(entry => entry.MessageId);
    }

    /// <summary>Null if the provider's list cannot be read.</summary>
    /// <inheritdoc cref="ReadAsync" path="exception"/>
    public Task<ProviderAudit?> AuditAsync(
        DateTimeOffset since, Guid? campaignId, CancellationToken cancellationToken) =>
        AskAsync<ProviderAudit>(
            HttpMethod.Get,
            $"provider?since={since.UtcDateTime:O}{(campaignId is null ? "" : $"&campaignId={campaignId}")}", null,
            AuditLimit, cancellationToken);

    public static void Register(IServiceCollection services) => services
        .AddHttpClient<LedgerClient>(client => client.Timeout = Timeout.InfiniteTimeSpan) // each question has its own
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseCookies = false, UseProxy = false })
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the client is held by a singleton
        .RemoveAllLoggers(); // the report tells

    /// <summary>One replica answers as well as the other.</summary>
    private async Task<T?> AskAsync<T>(
        HttpMethod method, string path, object? body, TimeSpan limit, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var address in _addresses)
        {
            using var deadline = new CancellationTokenSource(limit, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            using var question = new HttpRequestMessage(method, new Uri(address, $"/internal/books/{path}"))
            {
                Content = body is null ? null : JsonContent.Create(body),
            };
            try
            {
                using var answer = await http.SendAsync(
                    question, HttpCompletionOption.ResponseHeadersRead, either.Token);
                if (answer.StatusCode is HttpStatusCode.BadGateway)
                {
                    return default; // the provider's list cannot be read, whoever asks
                }

                answer.EnsureSuccessStatusCode();
                return await answer.Content.ReadFromJsonAsync<T>(either.Token);
            }
            catch (Exception exception) when (
                exception is HttpRequestException or IOException or JsonException
                || exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                last = exception;
            }
        }

        throw new LedgerAwayException(last);
    }
}

internal sealed class LedgerAwayException(Exception? reason)
    : Exception(reason?.Message ?? "No address of Messaging is set.", reason);
