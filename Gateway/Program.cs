using Gateway;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 1 << 20; // where a route says nothing else
});
// A stream of events never ends by itself: at the stop it is cut after this.
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
builder.AddServiceDefaults();
builder.AddDatabase("gatewaydb");
builder.AddIdempotency();
builder.AddSignIn();
builder.AddCrossOrigin();
builder.AddProxy();
ActivityRelay.Add(builder);
ServiceHealth.Add(builder);
Description.Add(builder);

var app = builder.Build();
app.UseCarefulHeaders();
app.UseCallerLanguage();
app.UseExceptionHandler();
app.UseStatusCodePages(status =>
    TypedResults.Problem(statusCode: status.HttpContext.Response.StatusCode).ExecuteAsync(status.HttpContext));
app.UseSwaggerUI(docs =>
{
    docs.RoutePrefix = "docs";
    docs.SwaggerEndpoint(Description.Path, "Campaigns");
});
app.UseCors();
app.UseSameOriginForChanges();
app.UseRateLimiter();
app.UseAuthentication();
app.UseAuthorization();
app.UseIdempotency(SignIn.WriterIn, holdsPasswords: true);

app.MapHealthChecks("/alive", new() { Predicate = check => check.Tags.Contains("live") }).AllowAnonymous();
app.MapHealthChecks("/health", new() { ResponseWriter = ServiceHealth.WriteAsync }).AllowAnonymous();
Description.Map(app);
app.MapSignIn();
app.MapProxy();

try
{
    await app.RunAsync();
    return 0;
}
catch (StartRefused)
{
    return 1; // The host has logged it.
}
