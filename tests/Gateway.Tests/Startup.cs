using Testing;

[assembly: AssemblyFixture(typeof(DatabaseFixture))]
