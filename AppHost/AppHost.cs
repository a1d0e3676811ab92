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
var secrets = Path.Combine(dataFolder, "secrets");
if (KeptSecret.Refusal(secrets) is { } refusal)
{
    Console.Error.WriteLine(refusal);
    Environment.ExitCode = 2;
    return;
}

builder.Configuration["Local:DataFolder"] = dataFolder;
builder.Configuration["Local:DashboardPort"] = $"{settings.DashboardPort}";
builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = settings.OtlpEndpoint;

var postgres = builder.AddPostgres("postgres").WithDataVolume();
var campaignsDb = postgres.AddDatabase("campaignsdb");
var messagingDb = postgres.AddDatabase("messagingdb");
var webhooksDb = postgres.AddDatabase("webhooksdb");
var gatewayDb = postgres.AddDatabase("gatewaydb");
var rabbitmq = builder.AddRabbitMQ("rabbitmq").WithDataVolume();

// What is not given is generated and kept: the emulator's credentials, and the words of our own with which Gupshup and
// Meta call us. The webhooks of a provider that does not send now stay open to it, if its secrets are given.
var emulated = settings.Mode == Mode.Emulator;
var provider = settings.Provider.ToString().ToLowerInvariant();
var (gupshup, meta) = (settings.Provider is WhatsAppProvider.Gupshup, settings.Provider is WhatsAppProvider.Meta);
var accountSid = Given(settings.AccountSid, "emulator-account-sid", () => $"AC{RandomHex()}");
var authToken = Secret("twilio-auth-token", Given(settings.AuthToken, "emulator-auth-token", RandomHex));
var gupshupSecret = gupshup
    ? Given(settings.GupshupWebhookSecret, "gupshup-webhook-secret", RandomHex)
    : settings.GupshupWebhookSecret;
var gupshupWebhookSecret = Secret("gupshup-webhook-secret", gupshupSecret);
var metaAppSecret = Secret("meta-app-secret", meta && emulated
    ? Given(settings.MetaAppSecret, "emulator-meta-app-secret", RandomHex)
    : settings.MetaAppSecret);
var metaToken = meta ? Given(settings.MetaVerifyToken, "meta-verify-token", RandomHex) : settings.MetaVerifyToken;
var metaVerifyToken = Secret("meta-verify-token", metaToken);
var passwordIsGiven = settings.AdminPassword is not "";
var password = passwordIsGiven ? settings.AdminPassword : Kept("admin-password", KeptSecret.Password);
var adminPassword = Secret("admin-password", password);
var rate = settings.RatePerSecond is { } perSecond
    ? KeyValuePair.Create("Sending__RatePerSecond", perSecond)
    : KeyValuePair.Create("Sending__MinInterval", settings.MinInterval.ToString("c"));

var paces = settings.Senders.SelectMany((sender, index) => new Dictionary<string, string>
{
    [$"Sending__Senders__{index}__Number"] = sender.Number,
    [$"Sending__Senders__{index}__RatePerSecond"] = sender.RatePerSecond ?? "",
    [$"Sending__Senders__{index}__MinInterval"] = sender.MinInterval?.ToString("c") ?? "",
}).Append(rate).ToList();

var campaigns = AddService("campaigns", "../Services.Campaigns/Services.Campaigns.csproj", campaignsDb)
    .WithReplicas(settings.CampaignsReplicas)
    .WithEnvironment("Sandbox__Provider", provider)
    .WithEnvironment("Sandbox__Mode", settings.Mode.ToString().ToLowerInvariant())
    .WithEnvironment("Sandbox__Number", settings.Sender)
    .WithEnvironment("Sandbox__JoinCode", settings.JoinCode)
    .WithEnvironment("Sending__PerDay", settings.PerDay > 0 ? $"{settings.PerDay}" : "")
    .WithEnvironment("Texts__KeepDays", settings.TextsKeepDays > 0 ? $"{settings.TextsKeepDays}" : "");

var messaging = AddService("messaging", "../Services.Messaging/Services.Messaging.csproj", messagingDb)
    .WithReplicas(settings.MessagingReplicas)
    .WithEnvironment("Sending__Provider", provider)
    .WithEnvironment("Sandbox__Number", settings.Sender)
    .WithEnvironment("Sending__RetryBaseDelay", settings.RetryBaseDelay.ToString("c"));

foreach (var (name, value) in paces)
{
    campaigns.WithEnvironment(name, value);
    messaging.WithEnvironment(name, value);
}

campaigns.WithReference(messaging); // for the check of the books

// Its own provider's credentials, and no others.
var (gupshupApp, metaNumberId, metaAccountId) =
    (settings.GupshupAppName, settings.MetaPhoneNumberId, settings.MetaBusinessAccountId);
IResourceBuilder<ParameterResource>? gupshupApiKey = null, metaAccessToken = null;
if (gupshup)
{
    gupshupApp = emulated ? "CampaignsApp" : gupshupApp;
    gupshupApiKey = Secret("gupshup-api-key", Given(settings.GupshupApiKey, "emulator-gupshup-api-key", RandomHex));
    messaging.WithEnvironment("Gupshup__ApiKey", gupshupApiKey)
        .WithEnvironment("Gupshup__AppName", gupshupApp)
        .WithEnvironment("Gupshup__WebhookSecret", gupshupWebhookSecret);
}
else if (meta)
{
    (metaNumberId, metaAccountId) = emulated ? ("100000000000001", "200000000000002") : (metaNumberId, metaAccountId);
    metaAccessToken = Secret(
        "meta-access-token", Given(settings.MetaAccessToken, "emulator-meta-access-token", RandomHex));
    messaging.WithEnvironment("Meta__AccessToken", metaAccessToken)
        .WithEnvironment("Meta__PhoneNumberId", metaNumberId)
        .WithEnvironment("Meta__BusinessAccountId", metaAccountId)
        .WithEnvironment("Meta__VerifyToken", metaVerifyToken);
}
else
{
    messaging.WithEnvironment("Twilio__AccountSid", accountSid).WithEnvironment("Twilio__AuthToken", authToken);
}

var webhooks = AddService("webhooks", "../Services.Webhooks/Services.Webhooks.csproj", webhooksDb)
    .WithEnvironment("Twilio__AccountSid", accountSid)
    .WithEnvironment("Twilio__AuthToken", authToken)
    .WithEnvironment("Gupshup__WebhookSecret", gupshupWebhookSecret)
    .WithEnvironment("Gupshup__PhoneNumber", settings.GupshupPhoneNumber)
    .WithEnvironment("Meta__AppSecret", metaAppSecret)
    .WithEnvironment("Meta__VerifyToken", metaVerifyToken);

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
    emulator = builder.AddProject("emulator", "../ProviderEmulator/ProviderEmulator.csproj")
        .WithHttpEndpoint()
        .WithHttpHealthCheck("/health")
        .WithEnvironment("Emulator__Provider", provider)
        .WithEnvironment("Emulator__AccountSid", accountSid)
        .WithEnvironment("Emulator__AuthToken", authToken)
        .WithEnvironment("Emulator__SandboxNumber", settings.Sender)
        // It allows what is set, and by default what the provider does: Twilio's Sandbox takes one message in 3 s.
        .WithEnvironment(
            "Emulator__MinInterval",
            (settings.RatePerSecond is null ? settings.MinInterval : default).ToString("c"))
        .WithEnvironment("Emulator__InboundWebhookUrl", $"{settings.PublicUrl}/api/webhooks/{provider}");
    var address = emulator.GetEndpoint("http");
    if (gupshup)
    {
        emulator.WithEnvironment("Emulator__Gupshup__ApiKey", gupshupApiKey!)
            .WithEnvironment("Emulator__Gupshup__AppName", gupshupApp)
            .WithEnvironment("Emulator__Gupshup__WebhookSecret", gupshupWebhookSecret);
        messaging.WithEnvironment("Gupshup__ApiUrl", ReferenceExpression.Create($"{address}/wa/api/v1"));
    }
    else if (meta)
    {
        emulator.WithEnvironment("Emulator__Meta__AccessToken", metaAccessToken!)
            .WithEnvironment("Emulator__Meta__PhoneNumberId", metaNumberId)
            .WithEnvironment("Emulator__Meta__BusinessAccountId", metaAccountId)
            .WithEnvironment("Emulator__Meta__AppSecret", metaAppSecret);
        messaging.WithEnvironment("Meta__ApiUrl", ReferenceExpression.Create($"{address}/v25.0"));
    }
    else
    {
        emulator.WithEnvironment("Emulator__JoinCode", settings.JoinCode)
            .WithEnvironment("Emulator__Senders", string.Join(',', settings.Senders.Select(sender => sender.Number)));
        messaging.WithEnvironment("Twilio__ApiBaseUrl", address).WithEnvironment("Twilio__ContentBaseUrl", address);
    }

    gateway.WithReference(emulator); // for the phones on the pages
}
else
{
    messaging.WithEnvironment("Twilio__ApiBaseUrl", settings.TwilioApiBaseUrl)
        .WithEnvironment("Twilio__ContentBaseUrl", settings.TwilioContentBaseUrl)
        .WithEnvironment("Gupshup__ApiUrl", settings.GupshupApiUrl)
        .WithEnvironment("Meta__ApiUrl", settings.MetaApiUrl);
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

string Given(string setting, string name, Func<string> generate) => setting is "" ? Kept(name, generate) : setting;

string Kept(string name, Func<string> generate) => KeptSecret.Read(Path.Combine(secrets, name), generate);

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
    if (gupshup && !emulated && settings.GupshupWebhookSecret is "")
    {
        Console.WriteLine(
            $"Enter this webhook at Gupshup: {settings.PublicUrl}/api/webhooks/gupshup?token={gupshupSecret}");
    }
    else if (meta && !emulated && settings.MetaVerifyToken is "")
    {
        Console.WriteLine(
            $"Enter this webhook at Meta: {settings.PublicUrl}/api/webhooks/meta, with the verify token {metaToken}");
    }
}
