using Npgsql;
using ServiceDefaults;

namespace Gateway;

/// <summary>Something that somebody does, for the activity log, which Services.Campaigns keeps.</summary>
/// <param name="Action">What is done to what: <c>user.created</c>.</param>
/// <param name="UserName">Null if nobody is signed in.</param>
internal sealed record Deed(string Action, string? UserName, string Address, DateTimeOffset At)
{
    public static Deed In(HttpContext context, string action) => new(
        action, context.User.Identity is { IsAuthenticated: true } ? Roles.NameOf(context.User) : null,
        context.RequestServices.GetRequiredService<CallerAddress>().Of(context),
        context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    /// <summary>One statement for a change and the note of it, so that neither is without the other.</summary>
    /// <param name="database">gatewaydb.</param>
    /// <param name="change">Returns id and name of what it has changed; the statement's answer is its answer.</param>
    /// <param name="values">The parameters of <paramref name="change"/>.</param>
    public NpgsqlCommand Command(NpgsqlDataSource database, string change, params object?[] values)
    {
        var first = values.Length + 1;
        return database.Command($"""
            with changed as ({change}), noted as (
                insert into activity_notes (id, at, user_name, address, action, subject_id, subject)
                select ${first}::uuid, ${first + 1}::timestamptz, ${first + 2}::text, ${first + 3}::text,
                    ${first + 4}::text, id, name
                from changed)
            select * from changed
            """, [.. values, Guid.CreateVersion7(At), At, UserName, Address, Action]);
    }
}
