namespace Contracts.Tests;

public sealed class DeliveryStatusTests
{
    [Fact]
    public void Each_status_is_stronger_evidence_than_the_one_before() =>
        Assert.Equal(
            [
                DeliveryStatus.Queued,
                DeliveryStatus.Sent,
                DeliveryStatus.Failed,
                DeliveryStatus.Delivered,
                DeliveryStatus.Read,
            ],
            Enum.GetValues<DeliveryStatus>().Order());
}
