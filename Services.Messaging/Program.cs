using MassTransit;
using ServiceDefaults;
using Services.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddDatabase("messagingdb");
builder.Services.AddSingleton<StatusBook>().AddHostedService(services => services.GetRequiredService<StatusBook>());
builder.AddMessageBus("messaging", bus =>
{
    bus.AddConsumer<SendMessageConsumer, SendMessageConsumerDefinition>();
    bus.AddConsumer<StatusChangedConsumer, StatusChangedConsumerDefinition>();
    bus.AddConsumer<CheckWebhooksConsumer>();
});
builder.AddOutbox();
SendingOptions.Register(builder.Services);
Providers.Register(builder.Services, builder.Configuration);
builder.Services.AddSingleton<SendSlots>().AddSingleton<SendAttempts>().AddHostedService<Reconciliation>();
builder.Services.AddSingleton<LostCallbacks>()
    .AddHostedService(services => services.GetRequiredService<LostCallbacks>());
builder.Services.AddSingleton<WebhookSigns>().AddSingleton<InboundRecovery>().AddSingleton<Reachability>()
    .AddHostedService(services => services.GetRequiredService<Reachability>());
builder.Services.ConfigureOptions<StopsAtOnce>();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBooks();
app.MapTemplates();
app.Run();
