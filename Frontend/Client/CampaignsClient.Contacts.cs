namespace Frontend;

public sealed partial class CampaignsClient
{
    public Task<Page<Contact>> ListContactsAsync(
        ContactFilter filter, int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<Contact>>(
            Query.Of(
                "/api/contacts", ("search", filter.Search), ("tag", filter.Tag), ("sandbox", filter.Sandbox),
                ("optedOut", filter.OptedOut), ("segmentId", filter.SegmentId), ("limit", limit), ("cursor", cursor)),
            cancellationToken);

    /// <summary>Who has joined the Sandbox, those first whose membership ends first.</summary>
    public Task<Page<Contact>> ListMembersAsync(int limit, CancellationToken cancellationToken) =>
        GetAsync<Page<Contact>>(Query.Of("/api/sandbox/members", ("limit", limit)), cancellationToken);

    public Task<Contact> GetContactAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Contact>($"/api/contacts/{id}", cancellationToken);

    public Task<Contact> CreateContactAsync(ContactForm form, CancellationToken cancellationToken) =>
        SendOnceAsync<Contact>("/api/contacts", form, cancellationToken);

    public Task<Contact> UpdateContactAsync(Guid id, ContactForm form, CancellationToken cancellationToken) =>
        SendAsync<Contact>(HttpMethod.Put, $"/api/contacts/{id}", form, cancellationToken);

    /// <summary>Erases the person's data; the counters stay.</summary>
    public Task EraseContactAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/contacts/{id}", null, cancellationToken);

    public Task<Page<Template>> ListTemplatesAsync(int limit, string? cursor, CancellationToken cancellationToken) =>
        GetAsync<Page<Template>>(
            Query.Of("/api/templates", ("limit", limit), ("cursor", cursor)), cancellationToken);

    public Task<Template> GetTemplateAsync(Guid id, CancellationToken cancellationToken) =>
        GetAsync<Template>($"/api/templates/{id}", cancellationToken);

    public Task<Template> CreateTemplateAsync(TemplateForm form, CancellationToken cancellationToken) =>
        SendOnceAsync<Template>("/api/templates", form, cancellationToken);

    public Task<Template> UpdateTemplateAsync(Guid id, TemplateForm form, CancellationToken cancellationToken) =>
        SendAsync<Template>(HttpMethod.Put, $"/api/templates/{id}", form, cancellationToken);

    public Task DeleteTemplateAsync(Guid id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/api/templates/{id}", null, cancellationToken);

    /// <summary>Reads the provider's templates.</summary>
    public Task<TemplatesSynced> SyncTemplatesAsync(CancellationToken cancellationToken) =>
        SendAsync<TemplatesSynced>(HttpMethod.Post, "/api/templates/sync", null, cancellationToken);
}
