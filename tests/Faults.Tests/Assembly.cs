// Each run has the machine for itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
