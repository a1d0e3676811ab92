using Frontend;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets(); // also when it runs from its build output, as in the local run
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.AddServiceDefaults();
builder.AddVisitor();
builder.AddCampaignsClient();
builder.AddPages();

var app = builder.Build();
app.UseForwardedHeaders(); // the gateway's, which believes nobody else's
app.UseExceptionHandler("/error", createScopeForErrors: true);
app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
app.UsePagePolicy();
app.UseVisitor();

app.MapHealthChecks("/alive", new() { Predicate = check => check.Tags.Contains("live") });
app.MapHealthChecks("/health");
app.MapPages();

app.Run();
