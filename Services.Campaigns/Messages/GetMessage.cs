using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

internal static class GetMessage
{
    public static async Task<Results<Ok<MessageDetailAnswer>, ProblemHttpResult>> HandleAsync(
        Guid id, HttpRequest request, NpgsqlDataSource database, IOptions<SandboxOptions> sandbox,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select {MessageRows.Columns}, m.text, m.variables,
                coalesce(m.body, {Variant.Frozen("c", "body")}, c.body, t.body)
            from messages m
            left join campaigns c on c.id = m.campaign_id left join templates t on t.id = c.template_id
            where m.id = $1
            """);
        command.Parameters.Add(new() { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return Problems.NotFound("message", id);
        }

        const int next = MessageRows.ColumnCount;
        var message = MessageRows.Read(reader);
        var variables = reader.IsDBNull(next + 1) ? null
            : JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(next + 1));
        var text = !reader.IsDBNull(next) ? reader.GetString(next)
            : variables is null ? null
            : MessageText.Parse(reader.GetString(next + 2)).Render(name => variables.GetValueOrDefault(name));

        var explain = new Explain(request.Language(), sandbox.Value);
        var timeline = message.Timeline.OrderBy(entry => entry.At)
            .Select(entry => new TimelineAnswer(
                entry.At, entry.Event, entry.Attempt, entry.Detail)
            {
                Reason = entry.Event is "verifying" ? null : explain.Error(entry.Detail, message.Provider)?.Title,
            });
        return TypedResults.Ok(new MessageDetailAnswer(MessageAnswer.Of(message, explain), text, [.. timeline]));
    }
}
