using System.Reflection;
using AppHost;

namespace Aspire.Hosting;

/// <summary>Collects the resources of AppHost.cs.</summary>
public interface IDistributedApplicationBuilder
{
    string AppHostDirectory { get; }

    ConfigurationManager Configuration { get; }

    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    DistributedApplication Build();
}

/// <summary>The local run, in the shape of Aspire's application.</summary>
public sealed class DistributedApplication
{
    private readonly LocalRun run;

    internal DistributedApplication(LocalRun run)
    {
        this.run = run;
        ResourceNotifications = new(run);
    }

    public ResourceNotificationService ResourceNotifications { get; }

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new Builder(args);

    /// <summary>Runs until it is told to stop; a start that is refused is one line and the exit code 1.</summary>
    public async Task RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(stop);
        try
        {
            await run.RunAsync(stop.Token);
        }
        catch (StartRefusedException refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            Environment.ExitCode = 1;
        }
    }

    private sealed class Builder : IDistributedApplicationBuilder
    {
        private readonly List<IResource> resources = [];

        public Builder(string[] args) => Configuration.AddCommandLine(args);

        // Written into the assembly by the project file.
        public string AppHostDirectory { get; } = Assembly.GetExecutingAssembly()
            .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "AppHostDirectory").Value!;

        public ConfigurationManager Configuration { get; } = new();

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource
        {
            resources.Add(resource);
            return new ResourceBuilder<T>(resource);
        }

        public DistributedApplication Build() => new(new(
            resources, LocalOptions.From(Configuration), TimeProvider.System, new ConsoleLog(Console.Out)));
    }
}

internal sealed class ResourceBuilder<T>(T resource) : IResourceBuilder<T>
    where T : IResource
{
    public T Resource => resource;
}

/// <summary>Tells when a resource is well.</summary>
public sealed class ResourceNotificationService
{
    private readonly LocalRun run;

    internal ResourceNotificationService(LocalRun run) => this.run = run;

    public Task WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        run.WaitUntilHealthyAsync(resourceName).WaitAsync(cancellationToken);
}
