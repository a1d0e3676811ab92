namespace AppHost;

/// <summary>
/// Runs all resources as processes of this machine: each as soon as what it waits for is healthy, again when it dies,
/// and at the end none before those that need it are gone.
/// </summary>
internal sealed class LocalRun(
    IReadOnlyList<IResource> resources, LocalOptions options, TimeProvider clock, ConsoleLog console)
{
    /// <summary>Everything has ended this long after the order to stop, in good order or not.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(9);

    private readonly TaskCompletionSource<ILookup<string, Supervised>> built =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly Dictionary<IResource, List<Supervised>> supervised = [];
    private PostgresProcess? postgres;
    private RabbitMqProcess? rabbitMq;

    public LogBuffer Logs { get; } = new(clock);

    public IReadOnlyList<Supervised> Processes => [.. supervised.Values.SelectMany(replicas => replicas).Distinct()];

    public async Task RunAsync(CancellationToken stop)
    {
        using var held = Lock();
        try
        {
            await Leftovers.EndAsync(options.DataFolder, clock, stop);
            Tools.RequireServers();
            CheckFixedPorts();
            using var guard = new Guard(options.DataFolder);
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
            Build(guard, http);
            await using var dashboard = await Dashboard.StartAsync(this, options.DashboardPort, stop);
            Log("dashboard", dashboard.Address);
            await SuperviseAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop, and everything has.
        }
    }

    public async Task WaitUntilHealthyAsync(string resource) =>
        await Task.WhenAll((await built.Task)[resource].Select(process => process.Healthy));

    public string ConnectionString(IResourceWithConnectionString resource) => resource switch
    {
        PostgresDatabaseResource database => postgres!.ConnectionString(database.Name),
        RabbitMQServerResource => rabbitMq!.Address.ToString(),
        _ => throw new NotSupportedException($"{resource.Name} has no connection string in the local run."),
    };

    public IReadOnlyList<string> Addresses(IResourceWithServiceDiscovery resource) =>
        [.. supervised[resource].Select(process => ((ProjectProcess)process.Workload).Address!)];

    private FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(options.DataFolder);
            var path = Path.Combine(options.DataFolder, "lock");
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception exception)
            when (exception is UnauthorizedAccessException || !Directory.Exists(options.DataFolder))
        {
            throw new StartRefusedException(
                $"The data folder {options.DataFolder} cannot be written: make it yours, or set CAMPAIGNS_DATA_DIR.");
        }
        catch (IOException)
        {
            throw new StartRefusedException(
                $"Another run uses the data folder {options.DataFolder}: stop it, or set CAMPAIGNS_DATA_DIR.");
        }
    }

    private void CheckFixedPorts()
    {
        foreach (var project in resources.OfType<ProjectResource>())
        {
            if (project.Endpoint?.Port is { } port && !Ports.IsFree(port))
            {
                throw new StartRefusedException($"Port {port} for the {project.Name} is in use by another program: "
                    + $"stop that, or set {project.Name.ToUpperInvariant()}_PORT to a free port.");
            }
        }
    }

    private void Build(Guard guard, HttpClient http)
    {
        foreach (var resource in resources)
        {
            switch (resource)
            {
                case PostgresServerResource server:
                    postgres = new(Path.Combine(options.DataFolder, "postgres"), "max_connections=300");
                    server.Databases.ForEach(database => postgres.Databases.Add(database.Name));
                    var databases = Supervise(server.Name, postgres, guard);
                    supervised[server] = [databases];
                    server.Databases.ForEach(database => supervised[database] = [databases]);
                    break;
                case RabbitMQServerResource broker:
                    rabbitMq = new(Path.Combine(options.DataFolder, "rabbitmq"));
                    supervised[broker] = [Supervise(broker.Name, rabbitMq, guard)];
                    break;
                case ProjectResource project:
                    supervised[project] = [.. Enumerable.Range(0, project.Replicas).Select(replica => Supervise(
                        project.Replicas == 1 ? project.Name : $"{project.Name}-{replica}",
                        new ProjectProcess(project, own => Environment(project, own), http), guard, project))];
                    break;
            }
        }

        built.SetResult(supervised
            .SelectMany(pair => pair.Value, (pair, process) => (pair.Key.Name, process))
            .ToLookup(pair => pair.Name, pair => pair.process));
    }

    private Supervised Supervise(string name, Workload workload, Guard guard, ProjectResource? project = null) => new(
        name, workload, [.. project?.WaitsFor.SelectMany(resource => supervised[resource]).Distinct() ?? []],
        mayFinish: project is { Endpoint: null }, guard, clock, line => Log(name, line));

    private Dictionary<string, string?> Environment(ProjectResource project, string? address)
    {
        var environment = new Dictionary<string, string?>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = address,
            ["ASPNETCORE_HTTP_PORTS"] = null,
            ["OTEL_SERVICE_NAME"] = project.Name,
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = options.OtlpEndpoint,
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        };
        project.Environment.ForEach(write => write(this, environment));
        return environment;
    }

    private async Task SuperviseAsync(CancellationToken stop)
    {
        foreach (var process in Processes)
        {
            process.Start();
        }

        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop);
        }
        finally
        {
            Log("apphost", "stopping");
            await StopAsync();
            foreach (var process in Processes)
            {
                process.Dispose();
            }
        }
    }

    private async Task StopAsync()
    {
        var started = clock.GetTimestamp();
        var stops = new Dictionary<Supervised, Task>();
        await Task.WhenAll(Processes.Select(Stop));

        // Those that need it first; each level leaves its share of the time to the levels below.
        Task Stop(Supervised process) =>
            stops.TryGetValue(process, out var stop) ? stop : stops[process] = StopOneAsync(process);

        async Task StopOneAsync(Supervised process)
        {
            await Task.WhenAll(Processes.Where(other => other.Dependencies.Contains(process)).Select(Stop));
            var left = StopLimit - clock.GetElapsedTime(started);
            await process.StopAsync(left > TimeSpan.Zero ? left / (1 + Depth(process)) : TimeSpan.Zero);
        }
    }

    private static int Depth(Supervised process) =>
        process.Dependencies.Select(dependency => 1 + Depth(dependency)).DefaultIfEmpty(0).Max();

    private void Log(string resource, string text) => console.Write(Logs.Add(resource, text));
}
