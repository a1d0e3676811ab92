using System.Text.Json;
using FsCheck.Fluent;
using Npgsql;
using NpgsqlTypes;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class MessageTextSqlTests(CampaignsApp app)
{
    [Fact]
    public async Task The_database_renders_every_text_for_every_contact_as_we_do()
    {
        await using var connection = await app.Database.OpenConnectionAsync();
        foreach (var person in MessageTextTests.People.Sample(100))
        {
            await InsertAsync(connection, person);
        }

        foreach (var pattern in MessageTextTests.Patterns.Sample(150))
        {
            await AssertSameAsync(connection, MessageText.Parse(pattern), isVariable: false);
            await AssertSameAsync(connection, MessageText.ParseVariable(pattern), isVariable: true);
        }
    }

    [Fact]
    public async Task A_body_is_rendered_from_expressions_of_the_callers_own()
    {
        await using var command = app.Database.CreateCommand();
        command.CommandText = "select " + MessageText.Parse("Bonjour {{1}}, {{2}}!").ToSql(
            Parameters(command), name => name == "1" ? "upper('zoe')" : "null::text");

        Assert.Equal("Bonjour ZOE, !", await command.ExecuteScalarAsync());
    }

    private static async Task AssertSameAsync(NpgsqlConnection connection, MessageText text, bool isVariable)
    {
        await using var command = new NpgsqlCommand { Connection = connection };
        command.CommandText = $"""
            select {text.ToSql(Parameters(command))}, c.first_name, c.last_name, c.phone, c.language,
                c.attributes::text, {text.IsEmptySql(Parameters(command))}
            from people c
            """;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var person = new Contact
            {
                Id = Guid.Empty,
                FirstName = reader.IsDBNull(1) ? null : reader.GetString(1),
                LastName = reader.IsDBNull(2) ? null : reader.GetString(2),
                Phone = reader.GetString(3),
                Language = reader.IsDBNull(4) ? null : reader.GetString(4),
                Attributes = JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(5))!,
                CreatedAt = DateTimeOffset.UnixEpoch,
            };
            Assert.Equal(text.Render(person), reader.GetString(0));
            if (isVariable)
            {
                Assert.Equal(text.Render(person).Length == 0, reader.GetBoolean(6));
            }
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, Contact person)
    {
        await using var command = new NpgsqlCommand("""
            create temp table if not exists people (like contacts including defaults);
            """, connection);
        await command.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand("""
            insert into people (id, phone, first_name, last_name, language, attributes, names, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, '', now(), now())
            """, connection)
        {
            Parameters =
            {
                new() { Value = person.Id },
                new() { Value = person.Phone },
                new() { Value = (object?)person.FirstName ?? DBNull.Value },
                new() { Value = (object?)person.LastName ?? DBNull.Value },
                new() { Value = (object?)person.Language ?? DBNull.Value },
                new() { Value = JsonSerializer.Serialize(person.Attributes), NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
        await insert.ExecuteNonQueryAsync();
    }

    private static Func<object, string> Parameters(NpgsqlCommand command) => value =>
    {
        command.Parameters.Add(new() { Value = value });
        return $"${command.Parameters.Count}";
    };
}
