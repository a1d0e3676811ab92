namespace Services.Campaigns;

internal static class ContactEndpoints
{
    /// <summary>What takes in files of contacts.</summary>
    public static WebApplicationBuilder AddContactImport(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportStore>()
            .AddSingleton<ContactImporter>()
            .AddSingleton<ImportIntake>()
            .AddHostedService(provider => provider.GetRequiredService<ContactImporter>());
        return builder;
    }

    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/api/contacts").WithTags("Contacts");
        contacts.MapPost("", CreateContact.HandleAsync);
        contacts.MapGet("", ListContacts.HandleAsync);
        contacts.MapGet("/tags", ListTags.HandleAsync);
        contacts.MapGet("/countries", ListCountries.Handle);
        contacts.MapGet("/export", ExportContacts.HandleAsync);
        contacts.MapGet("/{id:guid}", GetContact.HandleAsync);
        contacts.MapPut("/{id:guid}", UpdateContact.HandleAsync);
        contacts.MapDelete("/{id:guid}", EraseContact.HandleAsync);

        contacts.MapPost("/import", ImportContacts.HandleAsync).WithMetadata(ImportContacts.Limit).TakesFile();
        contacts.MapPost("/import/check", CheckImport.HandleAsync).TakesFile();
        contacts.MapGet("/imports", GetImports.ListAsync);
        contacts.MapGet("/imports/{id:guid}", GetImports.OneAsync);
        contacts.MapGet("/imports/{id:guid}/rejects", GetRejects.FileAsync);
        contacts.MapPost("/imports/{id:guid}/rejects", ImportRejects.HandleAsync)
            .WithMetadata(ImportContacts.Limit).TakesFile();
        contacts.MapPost("/imports/{id:guid}/undo", UndoImport.HandleAsync);
        contacts.MapGet("/imports/{id:guid}/rejected-rows", GetRejects.ListAsync);
    }

    // The handlers read the body themselves, so that the description does not know of it.
    private static void TakesFile(this RouteHandlerBuilder route) =>
        route.Accepts<Stream>("text/csv", "text/plain", "application/octet-stream", "multipart/form-data");
}
