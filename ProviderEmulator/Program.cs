using ProviderEmulator;

var builder = WebApplication.CreateBuilder(args);
builder.AddEmulator();

var app = builder.Build();
app.MapHealth();

// The provider's side: what its clients call.
app.MapProvider();

// Our side of the stage: the virtual phones, what goes wrong, what has arrived.
app.MapControlApi()
    .MapPhones()
    .MapScenario()
    .MapLog()
    .MapPage();

app.Run();
