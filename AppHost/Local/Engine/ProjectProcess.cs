using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace AppHost;

/// <summary>One replica of a project, run from its build output.</summary>
internal sealed class ProjectProcess(
    ProjectResource project, Func<string?, IReadOnlyDictionary<string, string?>> environment, HttpClient http)
    : Workload
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    private readonly int? port = project.Endpoint is { } endpoint ? endpoint.Port ?? Ports.Next() : null;

    // A fixed port is for people, who say localhost, whichever address family that means on their machine.
    public string? Address => port is null ? null
        : project.Endpoint!.Port is null ? $"http://127.0.0.1:{port}" : $"http://localhost:{port}";

    public override string? Endpoint => Address;

    public override Command Command => new(Dotnet, Assembly)
    {
        WorkingDirectory = Path.GetDirectoryName(project.ProjectPath),
        Environment = environment(Address),
    };

    public override Task PrepareAsync(CancellationToken cancellationToken) => File.Exists(Assembly)
        ? Task.CompletedTask
        : throw new InvalidOperationException($"{Assembly} is missing: build the solution.");

    public override async Task<bool> IsHealthyAsync(CancellationToken cancellationToken)
    {
        if (port is null)
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var answer = await http.GetAsync(
                $"http://127.0.0.1:{port}{project.HealthPath}", HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception)
            when (exception is HttpRequestException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    private static string Dotnet =>
        Path.GetFullPath("../../../dotnet", RuntimeEnvironment.GetRuntimeDirectory());

    // Beside our own output: artifacts/bin/PROJECT/CONFIGURATION.
    private string Assembly
    {
        get
        {
            var name = Path.GetFileNameWithoutExtension(project.ProjectPath);
            var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.GetFullPath($"../../{name}/{configuration}/{name}.dll", AppContext.BaseDirectory);
        }
    }
}
