using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]
[assembly: AssemblyFixture(typeof(BrokerFixture))]
