using Pages.Tests;

// One system and one browser for all tests, which share its two processors: one at a time.
[assembly: AssemblyFixture(typeof(Site))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
