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
        contacts.MapPost("", CreateContact.HandleAsync).WithSummary("Adds a person.");
        contacts.MapGet("", ListContacts.HandleAsync)
            .WithSummary("People, by search, tag, state in the Sandbox, opt-out and segment.");
        contacts.MapGet("/tags", ListTags.HandleAsync).WithSummary("The tags in use, and of how many people.");
        contacts.MapGet("/attributes", ListAttributes.HandleAsync)
            .WithSummary("The names of attributes in use, and of how many people.");
        contacts.MapGet("/countries", ListCountries.Handle)
            .WithSummary("Countries by which numbers without a prefix can be read.");
        contacts.MapGet("/export", ExportContacts.HandleAsync)
            .WithSummary("All people as CSV, streamed, safe in spreadsheets.");
        contacts.MapGet("/{id:guid}", GetContact.HandleAsync).WithSummary("One person.");
        contacts.MapPut("/{id:guid}", UpdateContact.HandleAsync).WithSummary("Changes a person's details.");
        contacts.MapDelete("/{id:guid}", EraseContact.HandleAsync)
            .WithSummary("Erases a person's data; counters stay.");

        contacts.MapPost("/import", ImportContacts.HandleAsync)
            .WithSummary("Takes in a CSV file of people, in the background.")
            .WithMetadata(ImportContacts.Limit).TakesFile();
        contacts.MapPost("/import/check", CheckImport.HandleAsync)
            .WithSummary("What a file would be read as: columns, encoding, first rows. Nothing is taken in.")
            .WithMetadata(ImportContacts.Limit).TakesFile();
        contacts.MapGet("/imports", GetImports.ListAsync).WithSummary("The imports, newest first.");
        contacts.MapGet("/imports/{id:guid}", GetImports.OneAsync)
            .WithSummary("How far an import is, and what became of its rows.");
        contacts.MapGet("/imports/{id:guid}/rejects", GetRejects.FileAsync)
            .WithSummary("What an import did not take in, as CSV with line and reason.");
        contacts.MapPost("/imports/{id:guid}/rejects", ImportRejects.HandleAsync)
            .WithSummary("Takes in the corrected rejects of an import.")
            .WithMetadata(ImportContacts.Limit).TakesFile();
        contacts.MapPost("/imports/{id:guid}/undo", UndoImport.HandleAsync)
            .WithSummary("Takes back what an import has added or changed.");
        contacts.MapGet("/imports/{id:guid}/rejected-rows", GetRejects.ListAsync)
            .WithSummary("What an import did not take in, to be corrected.");
    }

    // The handlers read the body themselves, so that the description does not know of it.
    private static void TakesFile(this RouteHandlerBuilder route) =>
        route.Accepts<Stream>("text/csv", "text/plain", "application/octet-stream", "multipart/form-data");
}
