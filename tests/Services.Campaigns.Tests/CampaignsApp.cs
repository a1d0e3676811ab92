using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Contracts;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]
[assembly: AssemblyFixture(typeof(BrokerFixture))]

namespace Services.Campaigns.Tests;

/// <summary>
/// The service as it runs, on Kestrel, with a database of its own. All tests that need it share one: a second one on
/// the same broker would take its messages.
/// </summary>
[CollectionDefinition(Name)]
public sealed class CampaignsApp(DatabaseFixture databases, BrokerFixture broker)
    : ICollectionFixture<CampaignsApp>, IAsyncLifetime
{
    public const string Name = "campaigns";

    private Host? _host;
    private WebApplication? _messaging;
    private Dictionary<string, string> _settings = [];

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What Messaging says that the provider has; null: the provider does not answer.</summary>
    internal IReadOnlyList<ProviderTemplate>? ProviderTemplates { get; set; } = [];

    /// <summary>The other end of the contract with Messaging.</summary>
    internal OrderDesk Desk { get; private set; } = null!;

    public NpgsqlDataSource Database => Service<NpgsqlDataSource>();

    public T Service<T>()
        where T : notnull => _host!.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        Desk = await OrderDesk.OpenAsync(broker.Address);
        var messaging = WebApplication.CreateSlimBuilder();
        messaging.WebHost.UseUrls("http://127.0.0.1:0");
        messaging.Logging.ClearProviders();
        _messaging = messaging.Build();
        _messaging.MapGet(
            "/internal/templates", () => ProviderTemplates is { } list ? Results.Ok(list) : Results.StatusCode(502));
        await _messaging.StartAsync();
        _settings = new()
        {
            ["ConnectionStrings:campaignsdb"] = await databases.CreateDatabaseAsync(),
            ["ConnectionStrings:rabbitmq"] = broker.Address.ToString(),
            ["services:messaging:http:0"] = _messaging.Urls.First(),
            ["PublicUrl"] = "https://campaigns.example",
            ["Sending:MinInterval"] = "00:00:00.050",
            ["Books:CheckAt"] = "", // by no clock: the tests put down counters without rows
            ["Sandbox:Mode"] = "emulator",
            ["Sandbox:JoinCode"] = "join happy-tiger",
        };
        await StartAsync([]);
    }

    /// <summary>Puts a host with these settings too into the place of the running one.</summary>
    internal async Task RestartAsync(Dictionary<string, string> settings)
    {
        await _host!.DisposeAsync();
        await StartAsync(settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_messaging is not null)
        {
            await _messaging.DisposeAsync();
        }

        await Desk.DisposeAsync();
    }

    /// <summary>A number that no other test has.</summary>
    public static string AnyPhone() => $"+336{Random.Shared.Next(100_000_000):D8}";

    /// <summary>A new contact; <paramref name="fields"/> are those the test is about.</summary>
    public async Task<JsonNode> CreateContactAsync(JsonObject? fields = null)
    {
        fields ??= [];
        fields["phone"] ??= AnyPhone();
        return await PostAsync("/api/contacts", fields);
    }

    /// <summary>A new template; <paramref name="fields"/> are those the test is about.</summary>
    public async Task<JsonNode> CreateTemplateAsync(JsonObject? fields = null)
    {
        fields ??= [];
        fields["name"] ??= "Rendez-vous";
        fields["contentSid"] ??= $"HX{Guid.NewGuid():N}";
        fields["language"] ??= "fr";
        fields["body"] ??= "Bonjour {{1}}, votre rendez-vous est le {{2}}.";
        return await PostAsync("/api/templates", fields);
    }

    /// <summary>A draft to these contacts; <paramref name="fields"/> are those the test is about.</summary>
    public async Task<JsonNode> CreateCampaignAsync(IEnumerable<JsonNode> contacts, JsonObject? fields = null)
    {
        fields ??= [];
        fields["name"] ??= "Printemps";
        fields["message1"] ??= new JsonObject
        {
            ["templateId"] = (await CreateTemplateAsync()).Id(),
            ["variables"] = new JsonObject { ["1"] = "{{phone}}", ["2"] = "lundi" },
        };
        fields["audience"] ??= new JsonObject
        {
            ["contactIds"] = new JsonArray([.. contacts.Select(contact => (JsonNode)contact.Id())]),
        };
        return await PostAsync("/api/campaigns", fields);
    }

    /// <summary>A running campaign to new contacts, whose orders are the test's to answer.</summary>
    internal async Task<LaunchedCampaign> LaunchAsync(int contacts, JsonObject? fields = null)
    {
        var people = new List<JsonNode>();
        while (people.Count < contacts)
        {
            people.Add(await CreateContactAsync(new() { ["firstName"] = $"Zoé {people.Count + 1}" }));
        }

        var phones = people.ConvertAll(person => (string)person["phone"]!);
        var shift = Desk.TakeOver(phones);
        var campaign = await CreateCampaignAsync(people, fields);
        await MoveAsync(campaign.Id(), "launch");
        return new(campaign.Id(), people, phones, shift);
    }

    /// <summary>launch, pause, resume or cancel.</summary>
    public Task<JsonNode> MoveAsync(Guid campaign, string move) => PostAsync($"/api/campaigns/{campaign}/{move}");

    public Task<JsonNode> StatsAsync(Guid campaign) => GetAsync($"/api/campaigns/{campaign}/stats");

    /// <summary>Waits until the campaign's statistics are as the test expects.</summary>
    public Task<JsonNode> StatsAsync(
        Guid campaign, Func<JsonNode, bool> expected, [CallerArgumentExpression(nameof(expected))] string what = "") =>
        Eventually.ReturnsAsync(() => StatsAsync(campaign), expected, what: what);

    public Task<JsonNode> CompletedAsync(Guid campaign) =>
        StatsAsync(campaign, stats => (string?)stats["status"] == "completed");

    public async Task<JsonArray> MessagesAsync(Guid campaign, string query = "") =>
        (await GetAsync($"/api/campaigns/{campaign}/messages?limit=500&{query}"))["items"]!.AsArray();

    /// <summary>The answer's body; fails unless the call succeeds.</summary>
    public async Task<JsonNode> PostAsync(string path, JsonNode? body = null)
    {
        using var response = body is null
            ? await Client.PostAsync(path, null)
            : await Client.PostAsJsonAsync(path, body);
        return await ReadAsync(response);
    }

    /// <inheritdoc cref="PostAsync"/>
    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return await ReadAsync(response);
    }

    /// <summary>Puts a row into a state that only time or other services would bring about.</summary>
    public async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What the statement counts.</summary>
    public async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>
    /// A campaign that uses the template, in a state that its own life would bring about. It stays in it: its audience
    /// is frozen, and if it runs, something is still out.
    /// </summary>
    public async Task<Guid> CampaignAsync(Guid templateId, string status, string name = "Campagne")
    {
        var id = Guid.CreateVersion7();
        await ExecuteAsync("""
            with campaign as (
                insert into campaigns (
                    id, name, status, template_id, variables, audience, launched_at, frozen_at, created_at, updated_at)
                values ($1, $2, $3, $4, '{}', '{"all": true}', now(), now(), now(), now()) returning *)
            insert into campaign_counters (campaign_id, kind, status, n)
            select id, 1, 2, 1 from campaign where status = 'running'
            """, id, name, status, templateId);
        return id;
    }

    private async Task StartAsync(Dictionary<string, string> settings)
    {
        _host = new([.. _settings, .. settings]);
        _host.UseKestrel(0);
        _host.StartServer();
        Client = _host.CreateClient();
        await Service<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20));
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    // Any type of the service names its entry point.
    private sealed class Host(IEnumerable<KeyValuePair<string, string>> settings) : WebApplicationFactory<Contact>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }
        }
    }
}

/// <summary>At its end, what is still unanswered is accepted.</summary>
internal sealed record LaunchedCampaign(
    Guid Id, IReadOnlyList<JsonNode> People, IReadOnlyList<string> Phones, OrderDesk.Shift Orders) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Orders.DisposeAsync();
}

internal static class Answers
{
    public static Guid Id(this JsonNode answer) => (Guid)answer["id"]!;
}
