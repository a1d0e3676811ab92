using Microsoft.Extensions.Configuration;

namespace Gateway.Tests;

public sealed class ServiceAddressesTests
{
    [Fact]
    public void Each_replica_is_a_destination_of_every_cluster_of_its_service()
    {
        var addresses = With(
            ("services:campaigns:http:0", "http://127.0.0.1:5001"), ("services:campaigns:http:1", "http://127.0.0.1:5002"),
            ("services:webhooks:http:0", "http://127.0.0.1:5003"), ("services:frontend:http:0", ""));
        Assert.Equal([new("http://127.0.0.1:5001"), new("http://127.0.0.1:5002")], addresses.Of("campaigns"));
        Assert.True(addresses.IsConfigured("webhooks"));
        Assert.False(addresses.IsConfigured("frontend"));
    }

    [Fact]
    public void An_address_that_is_none_is_refused_by_the_name_of_its_setting() =>
        Assert.StartsWith(
            "services__campaigns__http__0 is \"nowhere\"",
            Assert.Throws<StartRefused>(() => With(("services:campaigns:http:0", "nowhere")).Of("campaigns")).Message,
            StringComparison.Ordinal);

    private static ServiceAddresses With(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value))
            .Build());
}
