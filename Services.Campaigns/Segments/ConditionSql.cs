using System.Diagnostics;
using System.Text.Json;

namespace Services.Campaigns;

/// <summary>
/// A <see cref="Condition"/> as a condition over <c>contacts c</c>. Each part is true or false and never null, so that
/// <c>not</c> and the laws of logic hold for people of whom little is known.
/// </summary>
internal static class ConditionSql
{
    private const string Number = "^-?[0-9]+([.][0-9]+)?$";
    private const string Digits = "0123456789";
    private const string Day = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

    /// <param name="condition">Checked.</param>
    /// <param name="now">When sessions and memberships are looked at.</param>
    /// <param name="values">Takes what people have written: nothing of it is in the statement.</param>
    /// <param name="looks">
    /// Takes the messages that the condition is about, to be joined. Null: they are looked for inside the condition.
    /// </param>
    public static string Of(
        Condition condition, DateTimeOffset now, SqlParameters values, MessageLooks? looks = null) => condition switch
        {
            { All: { } all } => $"({string.Join(" and ", Parts(all, "", now, values, looks))})",
            { Any: { } any } => $"({string.Join(" or ", Parts(any, "not ", now, values, looks))})",
            { Not: { } not } => $"(not {Of(not, now, values, looks)})",
            { Tag: { } tag } => $"{values.Add(tag)}::text = any(c.tags)",
            { Attribute: { } name } =>
                OfAttribute(condition, MessageText.ColumnOf(name.Trim().Normalize(), values.Add), values),
            { Sandbox: { } state } => OfSandbox(Parse<SandboxState>(state), values.Add(now - Contact.MembershipTime)),
            { Session: { } state } => (Parse<SessionState>(state) is SessionState.Closed ? "not " : "")
                + $"coalesce(c.last_inbound_at > {values.Add(now - Contact.SessionTime)}, false)",
            { Campaign: { } campaign, Result: { } result } when looks is not null =>
                looks.Add(name => OfMessage(campaign, result, values, name)),
            { Campaign: { } campaign, Result: { } result } =>
                $"exists (select 1 from messages m where m.contact_id = c.id and {OfMessage(campaign, result, values, "m")})",
            _ => throw new UnreachableException(),
        };

    /// <summary>Those that ask for messages come last: they matter only if the others have not decided.</summary>
    private static List<string> Parts(
        IReadOnlyList<Condition> parts, string open, DateTimeOffset now, SqlParameters values, MessageLooks? looks)
    {
        var known = parts.Where(part => !part.AsksForMessages).Select(part => Of(part, now, values)).ToList();
        var inner = looks?.If(known.Select(part => open + part));
        return [.. known, .. parts.Where(part => part.AsksForMessages).Select(part => Of(part, now, values, inner))];
    }

    /// <summary>
    /// If it is asked what became of one campaign, and perhaps for what is known of people besides: the condition for
    /// <c>messages m</c>, of which those that name a contact are one for each person, and the one for <c>contacts c</c>.
    /// Else null.
    /// </summary>
    public static (string Messages, string Known)? OfMessages(
        Condition condition, DateTimeOffset now, SqlParameters values)
    {
        var parts = condition.All ?? [condition];
        return parts.Where(part => part.AsksForMessages).ToList() is [{ Campaign: { } campaign, Result: { } result }]
            ? (
                $"m.contact_id is not null and {OfMessage(campaign, result, values, "m")}",
                string.Join(" and ", parts.Where(part => !part.AsksForMessages)
                    .Select(part => Of(part, now, values)).Prepend("true")))
            : null;
    }

    private static string OfMessage(Guid campaign, string result, SqlParameters values, string m) =>
        $"{m}.campaign_id = {values.Add(campaign)} and {m}.kind = 1 and {OfResult(Parse<MessageResult>(result), m)}";

    private static string OfAttribute(Condition condition, string value, SqlParameters values) => condition switch
    {
        { EqualTo: { } text } => $"coalesce({value} = {values.Add(text)}::text, false)",
        // The folded text is a query of its own, so that a prepared statement folds it once and not for everybody.
        { Contains: { } text } => $"coalesce(strpos(fold({value}), (select fold({values.Add(text)}::text))) > 0, false)",
        { IsEmpty: { } isEmpty } => $"btrim(coalesce({value}, '')) {(isEmpty ? "=" : "<>")} ''",
        { GreaterThan: { } operand } => Compared(value, ">", operand, values),
        { LessThan: { } operand } => Compared(value, "<", operand, values),
        _ => throw new UnreachableException(),
    };

    // Days in this form are in order as texts.
    private static string Compared(string value, string sign, JsonElement operand, SqlParameters values) =>
        Condition.Operand(operand) switch
        {
            ({ } number, _) => $"""
                coalesce(case when {IsDigits(value)} or {value} ~ '{Number}'
                    then nullif({value}, '')::numeric {sign} {values.Add(number)} end, false)
                """,
            (_, { } day) => $"""
                coalesce(case when {value} ~ '{Day}' then {value} collate "C" {sign} {values.Add(day)}::text end, false)
                """,
            _ => throw new UnreachableException(),
        };

    // Most numbers are digits alone, which is seen for a fraction of what the regular expression costs. As bytes, since
    // ltrim() of a text first looks for where its characters begin.
    private static string IsDigits(string value) => $"ltrim(textsend({value}), '{Digits}'::bytea) = ''";

    private static string OfSandbox(SandboxState state, string before) => state switch
    {
        SandboxState.Joined =>
            $"coalesce(c.joined_at > {before} and (c.not_joined_at is null or c.joined_at >= c.not_joined_at), false)",
        SandboxState.NotJoined => $"""
            coalesce(c.joined_at <= {before} or (c.not_joined_at is not null
                and (c.joined_at is null or c.joined_at < c.not_joined_at)), false)
            """,
        SandboxState.Unknown => "(c.joined_at is null and c.not_joined_at is null)",
        _ => throw new UnreachableException(),
    };

    // Statuses: 4 sent, 5 failed, 6 delivered, 7 read.
    private static string OfResult(MessageResult result, string m) => result switch
    {
        MessageResult.Received => $"{m}.status in (4, 6, 7)",
        MessageResult.Read => $"{m}.status = 7",
        MessageResult.NotRead => $"{m}.status in (4, 6)",
        MessageResult.Replied => $"{m}.replied_at is not null",
        MessageResult.NotReplied => $"{m}.status in (4, 6, 7) and {m}.replied_at is null",
        MessageResult.Failed => $"{m}.status = 5",
        _ => throw new UnreachableException(),
    };

    private static T Parse<T>(string name)
        where T : struct, Enum => Enum.Parse<T>(name, ignoreCase: true);
}
