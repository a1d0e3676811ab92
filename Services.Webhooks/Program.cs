using ServiceDefaults;
using Services.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddDatabase("webhooksdb", startsWithout: true); // only the spool needs it
builder.AddMessageBus("webhooks");
builder.AddOutbox();
builder.AddTwilio();
builder.AddGupshupAndMeta();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapTwilio();
app.MapGupshupAndMeta();
app.MapWebhookDescription();
app.Run();
