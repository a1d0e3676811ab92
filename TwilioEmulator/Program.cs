using TwilioEmulator;

var builder = WebApplication.CreateBuilder(args);
builder.AddEmulator();

var app = builder.Build();
app.MapHealth();

// Twilio's side: what a client of Twilio calls.
app.MapTwilioApi()
    .MapMessages()
    .MapContent();

// Our side of the stage: the virtual phones, what goes wrong, what has arrived.
app.MapControlApi()
    .MapPhones()
    .MapScenario()
    .MapLog()
    .MapPage();

app.Run();
