using MassTransit;
using ServiceDefaults;
using Services.Messaging;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddDatabase("messagingdb");
builder.AddMessageBus("messaging", bus =>
{
    bus.AddConsumer<SendMessageConsumer, SendMessageConsumerDefinition>();
    bus.AddConsumer<StatusChangedConsumer, StatusChangedConsumerDefinition>();
});
builder.AddOutbox();
SendingOptions.Register(builder.Services);
TwilioProvider.Register(builder.Services);
builder.Services.AddSingleton<SendSlots>().AddSingleton<SendAttempts>().AddHostedService<Reconciliation>();
builder.Services.ConfigureOptions<StopsAtOnce>();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapBooks();
app.Run();
