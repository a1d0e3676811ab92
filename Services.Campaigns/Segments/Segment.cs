using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Services.Campaigns;

/// <summary>A condition that somebody has given a name, to use it again.</summary>
internal sealed class Segment
{
    public required Guid Id { get; init; }

    public required string Name { get; set; }

    public required Condition Where { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class SegmentConfiguration : IEntityTypeConfiguration<Segment>
{
    public void Configure(EntityTypeBuilder<Segment> segment)
    {
        segment.ToTable("segments");
        segment.Property(s => s.Where).HasColumnName("condition").IsJson();
    }
}

internal sealed record SegmentAnswer(
    Guid Id, string Name, Condition Where, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static SegmentAnswer Of(Segment segment) =>
        new(segment.Id, segment.Name, segment.Where, segment.CreatedAt, segment.UpdatedAt);
}

/// <summary>What people enter about a segment.</summary>
internal sealed record SegmentForm
{
    private const int LongestName = 100;

    public string? Name { get; init; }

    /// <summary>all, any, not, tag, attribute, sandbox, session, or campaign with result.</summary>
    public Condition? Where { get; init; }

    public async Task<FormReader> CheckAsync(CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        _ = form.Required("name", Name, LongestName);
        await Condition.CheckAsync(Where, "where", form, db, cancellationToken);
        return form;
    }
}
