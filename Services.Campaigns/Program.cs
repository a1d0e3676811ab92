using Microsoft.EntityFrameworkCore;
using Npgsql;
using ServiceDefaults;
using Services.Campaigns;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase("campaignsdb");
builder.AddMessageBus("campaigns");
builder.Services.AddDbContext<CampaignsDbContext>((services, options) =>
    options.UseNpgsql(services.GetRequiredService<NpgsqlDataSource>()));
builder.AddSandbox();
builder.Services.AddOpenApi();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapOpenApi();
app.MapContacts();
app.MapTemplates();
app.MapSandbox();

app.Run();
