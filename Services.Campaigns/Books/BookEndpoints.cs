namespace Services.Campaigns;

internal static class BookEndpoints
{
    public static WebApplicationBuilder AddBooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<BookOptions>().BindConfiguration("Books")
            .ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<TextOptions>().BindConfiguration("Texts")
            .ValidateDataAnnotations().ValidateOnStart();
        MessagingClient.Register(builder.Services);
        builder.Services.AddSingleton<LedgerClient>().AddSingleton<BookStore>().AddSingleton<Recount>()
            .AddSingleton<BookCheck>()
            .AddSingleton<BookKeeper>().AddHostedService(provider => provider.GetRequiredService<BookKeeper>());
        return builder;
    }

    public static void MapBooks(this IEndpointRouteBuilder app)
    {
        var books = app.MapGroup("/api/stats/books").WithTags("Statistics");
        books.MapGet("", GetBooks.HandleAsync)
            .WithSummary("Whether ledger, provider, rows and counters agree, as last checked.");
        books.MapPost("/check", CheckBooks.HandleAsync)
            .WithSummary("Checks the books now; counters that are off are corrected.");
    }
}
