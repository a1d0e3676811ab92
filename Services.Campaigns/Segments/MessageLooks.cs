namespace Services.Campaigns;

/// <summary>
/// Looks at what became of people's messages, for a statement over <c>contacts c</c> that counts all of them: joined,
/// since PostgreSQL 15 does not share among processes what is looked for inside a condition. Each look finds at most
/// one message of a person. Who is decided by what is known of them anyway is not looked for: the key is null then,
/// which no index is asked for.
/// </summary>
internal sealed class MessageLooks
{
    private readonly List<(string If, string Join)> _all;
    private readonly string _if;

    public MessageLooks()
        : this([], "")
    {
    }

    private MessageLooks(List<(string If, string Join)> all, string condition) => (_all, _if) = (all, condition);

    /// <summary>The joins, to follow <c>contacts c</c>.</summary>
    public string Joins => string.Concat(_all.Select(look => $" left join messages {look.Join}"));

    /// <summary>
    /// What share of people is looked for, as an expression over some of them; null if it is everybody, or nobody.
    /// </summary>
    public string? Share => _all.Count == 0 || _all.Exists(look => look.If.Length == 0) ? null
        : string.Join(" + ", _all.Select(look => $"avg(({look.If})::int)"));

    /// <summary>The same looks, of people for whom these conditions hold besides.</summary>
    public MessageLooks If(IEnumerable<string> conditions) =>
        new(_all, string.Join(" and ", conditions.Prepend(_if).Where(condition => condition.Length > 0)));

    /// <summary>The condition that there is such a message.</summary>
    /// <param name="condition">Which message, by the name of its table.</param>
    public string Add(Func<string, string> condition)
    {
        var (name, key) = ($"m{_all.Count}", _if.Length == 0 ? "c.id" : $"case when {_if} then c.id end");
        _all.Add((_if, $"{name} on {name}.contact_id = {key} and {condition(name)}"));
        return $"{name}.contact_id is not null";
    }
}
