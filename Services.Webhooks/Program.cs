using ServiceDefaults;
using Services.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddDatabase("webhooksdb");
builder.AddMessageBus("webhooks");
builder.AddOutbox();
builder.AddTwilio();
// Two lines for each request would cost more than the request, and would put its query into the log.
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = TwilioWebhook.MaxBody;
});

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTwilio();
app.Run();
