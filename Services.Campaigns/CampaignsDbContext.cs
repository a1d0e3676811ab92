using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Contacts, templates, campaigns, segments and who did what to them. The messages' own engine (Messages/) speaks SQL,
/// for speed.
/// </summary>
internal sealed class CampaignsDbContext(DbContextOptions<CampaignsDbContext> options) : DbContext(options)
{
    public DbSet<Contact> Contacts => Set<Contact>();

    public DbSet<Template> Templates => Set<Template>();

    public DbSet<Campaign> Campaigns => Set<Campaign>();

    public DbSet<Segment> Segments => Set<Segment>();

    public DbSet<ActivityEntry> Activity => Set<ActivityEntry>();

    /// <summary>The campaign, locked until the transaction ends: moves are made one after the other.</summary>
    /// <remarks>Not <c>for update</c>: rows that only refer to the campaign can be added meanwhile.</remarks>
    public Task<Campaign?> LockCampaignAsync(Guid id, CancellationToken cancellationToken) =>
        Campaigns.FromSql($"select * from campaigns where id = {id} for no key update")
            .SingleOrDefaultAsync(cancellationToken);

    /// <summary>The campaigns that use the template, in any language.</summary>
    public IQueryable<Campaign> CampaignsWith(Guid templateId) => Campaigns.FromSql($"""
        select * from campaigns where template_id = {templateId}
            or variants @> jsonb_build_array(jsonb_build_object('templateId', {templateId}::text))
        """);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CampaignsDbContext).Assembly);
        modelBuilder.UseSnakeCase();
    }
}

internal static class JsonColumn
{
    /// <summary>Stores the property as jsonb; it is replaced as a whole, not changed in place.</summary>
    public static PropertyBuilder<T> IsJson<T>(this PropertyBuilder<T> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<T>(text, JsonSerializerOptions.Web)!,
            new ValueComparer<T>(
                (left, right) => JsonSerializer.Serialize(left, JsonSerializerOptions.Web)
                    == JsonSerializer.Serialize(right, JsonSerializerOptions.Web),
                value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web)
                    .GetHashCode(StringComparison.Ordinal)));
}
