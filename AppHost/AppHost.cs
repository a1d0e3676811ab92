// The topology of the local run. Written against Aspire.Hosting's public API; Local/ stands in for it (README there).
using System.Security.Cryptography;
using AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var root = Path.GetFullPath("..", builder.AppHostDirectory);

var settings = Settings.Load(root);
if (settings.Problems.Count > 0)
{
    foreach (var problem in settings.Problems)
    {
        Console.Error.WriteLine(problem);
    }

    Environment.ExitCode = 2;
    return;
}

var dataFolder = Path.GetFullPath(settings.DataDirectory, root);
builder.Configuration["Local:DataFolder"] = dataFolder;
builder.Configuration["Local:DashboardPort"] = $"{settings.DashboardPort}";
builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.OtlpEndpoint;

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var campaignsDb = postgres.AddDatabase("campaignsdb");
var messagingDb = postgres.AddDatabase("messagingdb");
var webhooksDb = postgres.AddDatabase("webhooksdb");
var gatewayDb = postgres.AddDatabase("gatewaydb");
var rabbitmq = builder.AddRabbitMQ("rabbitmq").WithDataVolume();

var emulated = settings.Mode == Mode.Emulator;
var accountSid = emulated ? Kept("emulator-account-sid", () => $"AC{RandomHex()}") : settings.AccountSid;
var authToken = Secret(
    "twilio-auth-token", emulated ? Kept("emulator-auth-token", RandomHex) : settings.AuthToken);
var passwordIsGiven = settings.AdminPassword is not "";
var password = passwordIsGiven ? settings.AdminPassword : Kept("admin-password", KeptSecret.Password);
var adminPassword = Secret("admin-password", password);
var rate = settings.RatePerSecond is { } perSecond
    ? KeyValuePair.Create("Sending__RatePerSecond", perSecond)
    : KeyValuePair.Create("Sending__MinInterval", settings.MinInterval.ToString("c"));

var campaigns = AddService("campaigns", "../Services.Campaigns/Services.Campaigns.csproj", campaignsDb)
    .WithReplicas(settings.CampaignsReplicas)
    .WithEnvironment("Sandbox__Mode", settings.Mode.ToString().ToLowerInvariant())
    .WithEnvironment("Sandbox__Number", settings.SandboxNumber)
    .WithEnvironment("Sandbox__JoinCode", settings.JoinCode)
    .WithEnvironment(rate.Key, rate.Value);

var messaging = AddService("messaging", "../Services.Messaging/Services.Messaging.csproj", messagingDb)
    .WithReplicas(settings.MessagingReplicas)
    .WithEnvironment("Twilio__AccountSid", accountSid)
    .WithEnvironment("Twilio__AuthToken", authToken)
    .WithEnvironment("Sandbox__Number", settings.SandboxNumber)
    .WithEnvironment("Sending__RetryBaseDelay", settings.RetryBaseDelay.ToString("c"))
    .WithEnvironment(rate.Key, rate.Value);

campaigns.WithReference(messaging); // for the check of the books

var webhooks = AddService("webhooks", "../Services.Webhooks/Services.Webhooks.csproj", webhooksDb)
    .WithEnvironment("Twilio__AccountSid", accountSid)
    .WithEnvironment("Twilio__AuthToken", authToken)
    .WithEnvironment("Gupshup__WebhookSecret", Secret("gupshup-webhook-secret", settings.GupshupWebhookSecret))
    .WithEnvironment("Gupshup__PhoneNumber", settings.GupshupPhoneNumber)
    .WithEnvironment("Meta__AppSecret", Secret("meta-app-secret", settings.MetaAppSecret))
    .WithEnvironment("Meta__VerifyToken", Secret("meta-verify-token", settings.MetaVerifyToken));

// Browsers see it through the gateway only, and it knows nothing but the gateway's API.
var frontend = builder.AddProject("frontend", "../Frontend/Frontend.csproj")
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health");

var gateway = builder.AddProject("gateway", "../Gateway/Gateway.csproj")
    .WithHttpEndpoint(port: settings.GatewayPort)
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health")
    .WithReference(gatewayDb).WaitFor(gatewayDb)
    .WithReference(campaigns)
    .WithReference(messaging)
    .WithReference(webhooks)
    .WithReference(frontend)
    .WithEnvironment("Auth__AdminPassword", adminPassword)
    .WithEnvironment("Cors__AllowedOrigins", settings.CorsAllowedOrigins);

frontend.WithReference(gateway);

IResourceBuilder<ProjectResource>? emulator = null;
if (emulated)
{
    emulator = builder.AddProject("emulator", "../TwilioEmulator/TwilioEmulator.csproj")
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithEnvironment("Emulator__AccountSid", accountSid)
        .WithEnvironment("Emulator__AuthToken", authToken)
        .WithEnvironment("Emulator__SandboxNumber", settings.SandboxNumber)
        .WithEnvironment("Emulator__JoinCode", settings.JoinCode)
        // It allows what is set, and by default what the real Sandbox does: one message in 3 s.
        .WithEnvironment(
            "Emulator__MinInterval",
            (settings.RatePerSecond is null ? settings.MinInterval : default).ToString("c"))
        .WithEnvironment("Emulator__InboundWebhookUrl", settings.PublicUrl + "/api/webhooks/twilio");
    messaging.WithEnvironment("Twilio__ApiBaseUrl", emulator.GetEndpoint("http"));
    messaging.WithEnvironment("Twilio__ContentBaseUrl", emulator.GetEndpoint("http"));
    gateway.WithReference(emulator); // for the phones on the pages
}

if (settings.TwilioApiBaseUrl is { } api)
{
    messaging.WithEnvironment("Twilio__ApiBaseUrl", api);
}

if (settings.TwilioContentBaseUrl is { } content)
{
    messaging.WithEnvironment("Twilio__ContentBaseUrl", content);
}

if (args.Contains("--demo"))
{
    var demo = builder.AddProject("demo", "../Demo/Demo.csproj")
        .WaitFor(gateway).WaitFor(campaigns).WaitFor(messaging).WaitFor(webhooks)
        .WithEnvironment("DEMO_GATEWAY_URL", gateway.GetEndpoint("http"))
        .WithEnvironment("DEMO_ADMIN_PASSWORD", adminPassword);
    if (emulator is not null)
    {
        demo.WaitFor(emulator).WithEnvironment("DEMO_EMULATOR_URL", emulator.GetEndpoint("http"));
    }
}

var app = builder.Build();
var run = app.RunAsync();
await Task.WhenAny(run, AnnounceAsync());
await run;

string Kept(string name, Func<string> generate) => KeptSecret.Read(Path.Combine(dataFolder, "secrets", name), generate);

IResourceBuilder<ParameterResource> Secret(string name, string value) =>
    builder.AddParameter(name, value, secret: true);

static string RandomHex() => RandomNumberGenerator.GetHexString(32, lowercase: true);

IResourceBuilder<ProjectResource> AddService(
    string name, string project, IResourceBuilder<PostgresDatabaseResource> database) =>
    builder.AddProject(name, project)
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithReference(database).WaitFor(database)
        .WithReference(rabbitmq).WaitFor(rabbitmq)
        .WithEnvironment("PublicUrl", settings.PublicUrl);

async Task AnnounceAsync()
{
    foreach (var name in new[] { "campaigns", "messaging", "webhooks", "frontend", "gateway" })
    {
        await app.ResourceNotifications.WaitForResourceHealthyAsync(name);
    }

    Console.WriteLine($"Campaigns is up: http://localhost:{settings.GatewayPort}");
    Console.WriteLine(passwordIsGiven
        ? "Sign in as admin with the password of CAMPAIGNS_ADMIN_PASSWORD."
        : $"Sign in as admin with the password {password}");
}
