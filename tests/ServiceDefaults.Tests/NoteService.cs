using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Testing;

namespace ServiceDefaults.Tests;

/// <summary>What the tests send.</summary>
public sealed record Note(Guid Id, string Text);

/// <summary>What no consumer takes.</summary>
public sealed record Unheard(Guid Id);

/// <summary>A service of its own name with one consumer, which does as the test says.</summary>
internal sealed class NoteService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Uri _broker;
    private readonly string _name;

    private NoteService(WebApplication app, Uri broker, string name) => (_app, _broker, _name) = (app, broker, name);

    public string Queue => $"{_name}-note";

    public IServiceProvider Services => _app.Services;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Those that were handled without an exception.</summary>
    public ConcurrentQueue<Guid> Handled => _app.Services.GetRequiredService<Desk>().Handled;

    public static string NewName() => $"t{Guid.NewGuid():n}";

    public static async Task<NoteService> StartAsync(
        Uri broker, string database, Func<ConsumeContext<Note>, Task>? handle = null, string? name = null)
    {
        name ??= NewName();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(NoteService).Assembly.GetName().Name,
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["ConnectionStrings:rabbitmq"] = broker.ToString();
        builder.Configuration["ConnectionStrings:notesdb"] = database;
        builder.AddServiceDefaults();
        builder.AddDatabase("notesdb");
        builder.AddMessageBus(name, bus => bus.AddConsumer<NoteConsumer>());
        builder.Services.AddSingleton(new Desk(handle ?? (_ => Task.CompletedTask)));
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var service = new NoteService(app, broker, name) { Http = new() { BaseAddress = new(address.First()) } };
        await Eventually.BecomesTrueAsync(async () =>
        {
            using var health = await service.Http.GetAsync("/health");
            return health.IsSuccessStatusCode;
        });
        return service;
    }

    public async Task<Guid> SendAsync(string text = "hello")
    {
        var note = new Note(Guid.NewGuid(), text);
        var endpoint = await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(new($"exchange:{Queue}"));
        await endpoint.Send(note);
        return note.Id;
    }

    public async Task SendAsync<T>(T message)
        where T : class
    {
        var endpoint = await _app.Services.GetRequiredService<IBus>().GetSendEndpoint(new($"exchange:{Queue}"));
        await endpoint.Send(message);
    }

    /// <summary>Puts bytes into the queue as they stand.</summary>
    public async Task SendBytesAsync(byte[] body, string contentType = "application/vnd.masstransit+json")
    {
        await using var connection = await new ConnectionFactory { Uri = _broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties
        {
            ContentType = contentType,
            MessageId = Guid.NewGuid().ToString(),
            Persistent = true,
        }, body);
    }

    public async Task<JsonArray> ErrorsAsync() =>
        (await Http.GetFromJsonAsync<JsonNode>("/errors"))!["queues"]!.AsArray();

    public async Task<int> PutBackAsync(string queue)
    {
        using var answer = await Http.PostAsync($"/errors/{queue}/put-back", null);
        var moved = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>();
        return moved!["putBack"]!.GetValue<int>();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed record Desk(Func<ConsumeContext<Note>, Task> Handle)
    {
        public ConcurrentQueue<Guid> Handled { get; } = [];
    }

    private sealed class NoteConsumer(Desk desk) : IConsumer<Note>
    {
        public async Task Consume(ConsumeContext<Note> context)
        {
            await desk.Handle(context);
            desk.Handled.Enqueue(context.Message.Id);
        }
    }
}
