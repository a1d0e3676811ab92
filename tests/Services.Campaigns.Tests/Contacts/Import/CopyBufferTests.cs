using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class CopyBufferTests(CampaignsApp app)
{
    private static readonly Gen<string> Text = Gen.Elements(
        "", "Zoé", "\"", "\\", "{}", "'", "\t\r\n", "👩‍🚀", "\u00A0", "x\u0301", new string('é', 70_000));

    [Fact]
    public async Task What_is_put_into_a_row_is_read_from_the_table()
    {
        var row = from id in ArbMap.Default.GeneratorFor<Guid>()
                  from text in Gen.OneOf(Text, Gen.Constant<string>(null!))
                  from texts in Text.ArrayOf()
                  from names in Text.ArrayOf()
                  from at in Gen.Choose(-1_000_000_000, 1_000_000_000)
                  from is0 in ArbMap.Default.GeneratorFor<bool>()
                  select new Row(
                      id, text, texts, names.Distinct().ToDictionary(name => name, name => name + "!"),
                      is0 ? null : DateTimeOffset.UnixEpoch.AddSeconds(at).AddMicroseconds(7), at, is0);
        var rows = row.ArrayOf(100).Sample(1).Single();
        await using var connection = await app.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var create = new NpgsqlCommand("""
            create temp table copied (
                n int, id uuid, text text, texts text[], attributes jsonb, at timestamptz, number bigint, is0 bool)
            """, connection);
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        using var copy = new CopyBuffer();
        foreach (var (n, put) in rows.Index())
        {
            copy.BeginRow(8);
            copy.Add(n);
            copy.Add(put.Id);
            copy.Add(put.Text);
            copy.Add(put.Texts);
            copy.Add(put.Attributes);
            copy.Add(put.At);
            copy.Add(put.Number);
            copy.Add(put.Is0);
        }

        await copy.SendAsync(connection, "copied", TestContext.Current.CancellationToken);

        await using var select = new NpgsqlCommand(
            "select id, text, texts, attributes, at, number, is0 from copied order by n", connection);
        await using var reader = await select.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        foreach (var put in rows)
        {
            Assert.True(await reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal(put.Id, reader.GetGuid(0));
            Assert.Equal(put.Text, reader.IsDBNull(1) ? null : reader.GetString(1));
            Assert.Equal(put.Texts, reader.GetFieldValue<string[]>(2));
            Assert.Equal(
                put.Attributes,
                System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(3))!);
            Assert.Equal(put.At, reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4));
            Assert.Equal((put.Number, put.Is0), (reader.GetInt64(5), reader.GetBoolean(6)));
        }

        Assert.False(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    private sealed record Row(
        Guid Id, string? Text, string[] Texts, Dictionary<string, string> Attributes, DateTimeOffset? At, long Number,
        bool Is0);
}
