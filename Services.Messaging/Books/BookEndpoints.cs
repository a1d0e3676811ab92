namespace Services.Messaging;

/// <summary>
/// The ledger for the check of the books. Services.Campaigns asks here, service to service: the gateway has no route to
/// this service.
/// </summary>
internal static class BookEndpoints
{
    public static void MapBooks(this IEndpointRouteBuilder app)
    {
        var books = app.MapGroup("/internal/books");
        books.MapGet("/ledger", ReadLedger.PageAsync);
        books.MapPost("/ledger", ReadLedger.OfMessagesAsync);
        books.MapGet("/provider", AuditProvider.HandleAsync);
    }
}
