using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests;

internal enum SpanKind
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

/// <summary>What the tests want to know of a span. Source is the name of the library that began it.</summary>
internal sealed record Span(
    string Service, string Source, string Trace, string Id, string Parent, string Name, SpanKind Kind)
{
    public override string ToString() => $"{Service}: {Kind} {Name} ({Source})";
}

/// <summary>
/// Takes telemetry as OTLP over HTTP and keeps it: https://opentelemetry.io/docs/specs/otlp/#otlphttp. The fields'
/// numbers are those of https://github.com/open-telemetry/opentelemetry-proto.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Body)> _payloads = new();
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentDictionary<(string Signal, string Service), bool> _arrived = new();

    private Collector()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/{signal}", TakeAsync);
    }

    /// <summary>What a local run needs to export to it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _app.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>Of each service that has sent it: traces, metrics or logs.</summary>
    public IReadOnlyCollection<(string Signal, string Service)> Arrived => [.. _arrived.Keys];

    public static async Task<Collector> StartAsync()
    {
        var collector = new Collector();
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Where <paramref name="secret"/> first stands in all that has arrived; null if nowhere.</summary>
    public string? Find(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        foreach (var (signal, body) in _payloads)
        {
            if (body.AsSpan().IndexOf(bytes) is >= 0 and var at)
            {
                var around = body[Math.Max(0, at - 200)..Math.Min(body.Length, at + bytes.Length + 50)];
                return $"{signal}: {Encoding.UTF8.GetString(around)}";
            }
        }

        return null;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(string signal, HttpRequest request)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy);
        _payloads.Enqueue((signal, copy.ToArray()));
        // Export…ServiceRequest { resource_… = 1 }; Resource… { resource = 1, scope_… = 2 }; Scope… { scope = 1 }
        foreach (var part in Protobuf.Read(copy.ToArray()).All(1))
        {
            var service = ServiceName(part.One(1));
            _arrived[(signal, service)] = true;
            foreach (var scope in signal == "traces" ? part.All(2) : [])
            {
                var source = scope.One(1).Text(1);
                foreach (var span in scope.All(2))
                {
                    var (name, kind) = (span.Text(5), (SpanKind)span.Number(6));
                    _spans.Enqueue(new(service, source, span.Hex(1), span.Hex(2), span.Hex(4), name, kind));
                }
            }
        }
    }

    // Resource { attributes = 1 }; KeyValue { key = 1, value = 2 }; AnyValue { string_value = 1 }
    private static string ServiceName(Protobuf resource) =>
        resource.All(1).Single(attribute => attribute.Text(1) == "service.name").One(2).Text(1);

    /// <summary>One message of protocol buffers. https://protobuf.dev/programming-guides/encoding</summary>
    private sealed class Protobuf
    {
        private readonly List<(int Field, ReadOnlyMemory<byte> Bytes, ulong Number)> _fields = [];

        public static Protobuf Read(ReadOnlyMemory<byte> bytes)
        {
            var message = new Protobuf();
            while (bytes.Length > 0)
            {
                var tag = Varint(ref bytes);
                var (length, number) = (tag & 7) switch
                {
                    0 => (0, Varint(ref bytes)),
                    1 => (8, 0UL),
                    2 => ((int)Varint(ref bytes), 0UL),
                    5 => (4, 0UL),
                    var type => throw new InvalidDataException($"There is no wire type {type}."),
                };
                message._fields.Add(((int)(tag >> 3), bytes[..length], number));
                bytes = bytes[length..];
            }

            return message;
        }

        public IEnumerable<Protobuf> All(int field) => Fields(field).Select(found => Read(found.Bytes));

        public Protobuf One(int field) => All(field).Single();

        public ulong Number(int field) => Fields(field).SingleOrDefault().Number;

        public string Text(int field) => Encoding.UTF8.GetString(Fields(field).SingleOrDefault().Bytes.Span);

        public string Hex(int field) => Convert.ToHexStringLower(Fields(field).SingleOrDefault().Bytes.Span);

        private IEnumerable<(int Field, ReadOnlyMemory<byte> Bytes, ulong Number)> Fields(int field) =>
            _fields.Where(candidate => candidate.Field == field);

        private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
        {
            var value = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                var next = bytes.Span[0];
                bytes = bytes[1..];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }
        }
    }
}
