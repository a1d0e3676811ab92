using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using ServiceDefaults;
using Services.Campaigns;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("campaignsdb");
builder.AddIdempotency();
builder.AddMessageBook(); // before the bus, so that it stops after the last consumer that waits for it
builder.AddMessageBus("campaigns", bus =>
{
    bus.AddEventConsumer<MessageAcceptedConsumer>();
    bus.AddEventConsumer<MessageRejectedConsumer>();
    bus.AddEventConsumer<MessageDeferredConsumer>();
    bus.AddEventConsumer<MessageReturnedConsumer>();
    bus.AddEventConsumer<OutcomeUnknownConsumer>();
    bus.AddEventConsumer<StatusChangedConsumer>();
    bus.AddEventConsumer<MessageReceivedConsumer>();
    bus.AddEventConsumer<WebhooksCheckedConsumer>();
    bus.AddEventConsumer<ConsentChangedConsumer>();
    bus.AddEventConsumer<UnknownWebhookConsumer>();
});
builder.Services.AddDbContext<CampaignsDbContext>((services, options) =>
    options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>())
        // Counts stop at a limit, whatever they have counted by then; lists are put in order where they are read.
        .ConfigureWarnings(warnings => warnings.Ignore(CoreEventId.RowLimitingOperationWithoutOrderByWarning)));
builder.AddSandbox();
builder.AddMessageDispatcher();
builder.AddBooks();
builder.AddContactImport();
builder.Services.AddOpenApi();
builder.AddWarmUp((services, cancellationToken) => GetCampaigns.ListAsync(
    null, null, "stats", null, null, services.GetRequiredService<CampaignsDbContext>(),
    services.GetRequiredService<StatsReader>(), cancellationToken));

var app = builder.Build();

app.MapDefaultEndpoints();
app.UseIdempotency(context => Caller.NameOf(context.Request) ?? "");
app.MapOpenApi();
app.MapContacts();
app.MapTemplates();
app.MapCampaigns();
app.MapSegments();
app.MapMessages();
app.MapConversations();
app.MapBooks();
app.MapActivity();
app.MapSandbox();

app.Run();
