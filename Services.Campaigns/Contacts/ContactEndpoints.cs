namespace Services.Campaigns;

internal static class ContactEndpoints
{
    public static void MapContacts(this IEndpointRouteBuilder app)
    {
        var contacts = app.MapGroup("/api/contacts").WithTags("Contacts");
        contacts.MapPost("", CreateContact.HandleAsync);
        contacts.MapGet("", ListContacts.HandleAsync);
        contacts.MapGet("/{id:guid}", GetContact.HandleAsync);
        contacts.MapPut("/{id:guid}", UpdateContact.HandleAsync);
        contacts.MapDelete("/{id:guid}", EraseContact.HandleAsync);
    }
}
