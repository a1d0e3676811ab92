using System.Text.Json;
using System.Text.Json.Nodes;

namespace AppHost;

/// <summary>The error queues of all services, as they show them at <c>/errors</c>.</summary>
internal sealed class ErrorReader(LocalRun run) : IDisposable
{
    public static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        Timeout = AnswerLimit,
    };

    /// <summary>One entry a queue, with the resource that was asked; several replicas share their queues.</summary>
    public async Task<JsonArray> ReadAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(run.Processes
            .Where(process => process is
            { Workload: ProjectProcess { Address: not null }, State: ProcessState.Healthy })
            .Select(process => ReadAsync(process, cancellationToken)));
        return [.. answers.SelectMany(queues => queues).DistinctBy(queue => queue["queue"]!.GetValue<string>())];
    }

    /// <summary>The status of the service's answer; 404 for a resource that is none.</summary>
    public async Task<int> PutBackAsync(string resource, string queue, CancellationToken cancellationToken)
    {
        if (run.Processes.FirstOrDefault(process => process.Name == resource)?.Workload
            is not ProjectProcess { Address: { } address })
        {
            return StatusCodes.Status404NotFound;
        }

        try
        {
            using var answer = await http.PostAsync(
                $"{address}/errors/{Uri.EscapeDataString(queue)}/put-back", null, cancellationToken);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return StatusCodes.Status502BadGateway;
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<IReadOnlyList<JsonObject>> ReadAsync(Supervised process, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await http.GetFromJsonAsync<JsonObject>(
                $"{((ProjectProcess)process.Workload).Address}/errors", cancellationToken);
            var queues = answer?["queues"]?.AsArray().OfType<JsonObject>() ?? [];
            return [.. queues.Select(queue =>
            {
                var entry = (JsonObject)queue.DeepClone();
                entry["resource"] = process.Name;
                return entry;
            })];
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return []; // it consumes nothing, or its broker is away
        }
    }
}
