namespace Contracts.Tests;

public sealed class DerivedIdTests
{
    [Fact]
    public void Is_a_version_5_uuid()
    {
        var id = DerivedId.Of("twilio/SM1/sent/");

        Assert.Equal((5, 0x80), (id.Version, id.Variant << 4 & 0xC0));
    }

    // Pinned: another value would make every repeat across an update of the service look new.
    [Fact]
    public void Never_changes() =>
        Assert.Equal(new("a6074f02-38f4-5878-89f6-7116d84eaeb7"), DerivedId.Of("twilio/SM1"));
}
