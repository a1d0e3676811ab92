using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

// The resource types of Aspire.Hosting that AppHost.cs touches, as far as the local run needs them.

public interface IResource
{
    string Name { get; }
}

public interface IResourceWithConnectionString : IResource;

public interface IResourceWithServiceDiscovery : IResource;

public interface IResourceBuilder<out T>
    where T : IResource
{
    T Resource { get; }
}

public abstract class Resource(string name) : IResource
{
    public string Name => name;
}

public sealed class ParameterResource(string name, string value) : Resource(name)
{
    internal string Value => value;
}

public sealed class PostgresServerResource(string name) : Resource(name)
{
    internal List<PostgresDatabaseResource> Databases { get; } = [];
}

public sealed class PostgresDatabaseResource(string name, PostgresServerResource parent)
    : Resource(name), IResourceWithConnectionString
{
    public PostgresServerResource Parent => parent;
}

public sealed class RabbitMQServerResource(string name) : Resource(name), IResourceWithConnectionString;

public sealed class ProjectResource(string name, string projectPath) : Resource(name), IResourceWithServiceDiscovery
{
    internal string ProjectPath => projectPath;

    internal int Replicas { get; set; } = 1;

    internal HttpEndpoint? Endpoint { get; set; }

    internal string? HealthPath { get; set; }

    internal List<IResource> WaitsFor { get; } = [];

    /// <summary>Written into the environment when ports and passwords are known.</summary>
    internal List<Action<AppHost.LocalRun, IDictionary<string, string?>>> Environment { get; } = [];
}

/// <param name="Port">A fixed port, or null for a free one per replica.</param>
internal sealed record HttpEndpoint(int? Port);

public sealed class EndpointReference
{
    internal EndpointReference(ProjectResource owner) => Owner = owner;

    internal ProjectResource Owner { get; }
}

/// <summary>A text with addresses in it, which are known once the run has chosen its ports.</summary>
public sealed class ReferenceExpression
{
    private readonly List<object> _parts;

    private ReferenceExpression(List<object> parts) => _parts = parts;

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    internal string In(AppHost.LocalRun run) => string.Concat(
        _parts.Select(part => part is EndpointReference endpoint ? run.Addresses(endpoint.Owner)[0] : part));

    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
        {
        }

        internal List<object> Parts { get; } = [];

        public void AppendLiteral(string value) => Parts.Add(value);

        public void AppendFormatted(EndpointReference valueProvider) => Parts.Add(valueProvider);
    }
}
