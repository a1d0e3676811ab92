namespace Services.Campaigns;

/// <summary>
/// What PostgreSQL's planner cannot know of a statement, said for the rest of the transaction.
/// https://www.postgresql.org/docs/15/runtime-config-query.html
/// </summary>
internal static class Planner
{
    /// <summary>
    /// It looks through all contacts: what compiling it costs it never earns back, and what became of a million
    /// messages is to be matched with a million contacts in memory. The few reasons that a process hands over are taken
    /// for tens of thousands, which would not be worth several processes.
    /// </summary>
    public const string ForAll = """
        set local jit = off; set local work_mem = '32MB'; set local parallel_tuple_cost = 0;
        set local enable_hashjoin = on; set local enable_mergejoin = on
        """;

    /// <summary>It looks for some rows of a large table, by an index: how few they are cannot be told beforehand.</summary>
    public const string ForSome =
        "set local jit = off; set local enable_hashjoin = off; set local enable_mergejoin = off";
}
