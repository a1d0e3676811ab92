using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Services.Campaigns;

internal sealed class CampaignConfiguration : IEntityTypeConfiguration<Campaign>
{
    public void Configure(EntityTypeBuilder<Campaign> campaign)
    {
        campaign.ToTable("campaigns");
        campaign.Property(c => c.Status).HasConversion(
            status => status.ToString().ToLowerInvariant(), text => Enum.Parse<CampaignStatus>(text, ignoreCase: true));
        campaign.Property(c => c.Variables).IsJson();
        campaign.Property(c => c.Fallbacks).IsJson();
        campaign.Property(c => c.Variants).IsJson();
        campaign.Ignore(c => c.Filling);
        campaign.Ignore(c => c.Content);
        campaign.Property(c => c.Audience).IsJson();
        campaign.Property(c => c.QuietHours).IsJson();
        campaign.HasOne<Template>().WithMany().HasForeignKey(c => c.TemplateId);
    }
}
