using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ServiceDefaults;

namespace Services.Campaigns.Tests;

[Collection(CampaignsApp.Name)]
public class ConditionSqlTests(CampaignsApp app)
{
    private static readonly DateTimeOffset Now = new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Campaigns = [Guid.CreateVersion7(Now), Guid.CreateVersion7(Now)];
    private static readonly string?[] Values =
        [null, "", " ", "Lyon", "LYON", "Évry", "10", "9.5", "-3", "10 €", "2026-01-31", "2026-02-01"];

    [Fact]
    public async Task The_database_finds_whom_the_condition_describes_whatever_it_says()
    {
        var (mark, people) = (Guid.NewGuid().ToString("N"), Anybody.Sample(60).ToList());
        var template = (await app.CreateTemplateAsync()).Id();
        foreach (var campaign in Campaigns)
        {
            await app.ExecuteAsync("""
                insert into campaigns (id, name, status, template_id, variables, audience, created_at, updated_at)
                values ($1, 'Avant', 'cancelled', $2, '{}', '{"all": true}', now(), now())
                """, campaign, template);
        }

        foreach (var person in people)
        {
            await InsertAsync(person, mark);
        }

        foreach (var condition in Tree(3).Sample(200))
        {
            var expected = people.Where(person => Holds(condition, person)).Select(person => person.Contact.Id).Order();
            var found = await FindAsync(condition, mark);

            Assert.True(expected.SequenceEqual(found), JsonSerializer.Serialize(condition));
            Assert.Equal(found, await FindAsync(condition, mark, new()));
            Assert.Equal(
                people.Select(person => person.Contact.Id).Except(found).Order(),
                await FindAsync(new() { Not = condition }, mark));
        }

        foreach (var parts in Gen.ArrayOf(Tree(1), 3).Sample(30))
        {
            Assert.Equal(
                await FindAsync(new() { Not = new() { All = parts } }, mark),
                await FindAsync(new() { Any = Array.ConvertAll(parts, part => new Condition { Not = part }) }, mark));
        }
    }

    [Fact]
    public async Task The_short_way_to_see_a_number_agrees_with_the_long_one()
    {
        string[] lengths = [.. new[] { 14, 15, 16, 40 }.Select(length => new string('0', length - 1) + "7")];
        var signs = Gen.Elements("0", "1", "9", "-", ".", " ", "\n", "\\", "٣");
        var texts = Gen.Choose(0, 5).SelectMany(length => Gen.ArrayOf(signs, length))
            .Select(string.Concat).Sample(500).Concat(lengths);
        var (mark, values) = (Guid.NewGuid().ToString("N"), new SqlParameters());
        await app.ExecuteAsync("""
            insert into contacts (id, phone, tags, attributes, created_at, updated_at)
            select uuid_v7(), '+' || uuid_v7(), array[$1], jsonb_build_object('n', text), now(), now()
            from unnest($2) text
            """, mark, texts.ToArray());
        var condition = new Condition { Attribute = "n", GreaterThan = JsonElement.Parse("0.5") };
        var where = ConditionSql.Of(condition, Now, values);

        await using var command = app.Database.Command($$"""
            select c.attributes ->> 'n' from contacts c where c.tags @> array[{{values.Add(mark)}}::text]
                and {{where}} <> coalesce(case when c.attributes ->> 'n' ~ '^-?[0-9]+([.][0-9]+)?$'
                    then (c.attributes ->> 'n')::numeric > 0.5 end, false)
            """, values.ToArray());
        Assert.Null(await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Ascii_is_folded_as_any_other_text()
    {
        var ascii = Gen.ArrayOf(Gen.Choose(1, 127)).Select(codes => string.Concat(codes.Select(code => (char)code)));
        var texts = Gen.OneOf(ascii, Gen.ArrayOf(Gen.Elements("A", "É", "e\u0301", "ﬁ", "İ", "ß", "Σ", "😀", " "))
            .Select(string.Concat)).Sample(500).ToArray();

        await using var command = app.Database.Command("""
            select text from unnest($1) text
            where fold(text) <> lower(regexp_replace(normalize(text, NFKD), '[\u0300-\u036F]+', '', 'g'))
            """, [texts]);
        Assert.Null(await command.ExecuteScalarAsync());
    }

    private static Gen<Person> Anybody =>
        from tags in Gen.SubListOf("a", "b")
        from city in Gen.Elements(Values)
        from points in Gen.Elements(Values)
        from name in Gen.Elements<string?>(null, "Zoé", "zoe")
        from times in Gen.ArrayOf(Gen.Elements<int?>(null, -100, -72, -71, -24, -23, -1), 3)
        from statuses in Gen.ArrayOf(Gen.Elements<short?>(null, 0, 4, 5, 6, 7), Campaigns.Length)
        from replied in Gen.ArrayOf(Gen.Elements(true, false), Campaigns.Length)
        select new Person(
            new()
            {
                Id = Guid.CreateVersion7(),
                Phone = $"+{Guid.NewGuid():N}",
                FirstName = name,
                Tags = [.. tags],
                Attributes = new Dictionary<string, string?> { ["city"] = city, ["points"] = points }
                    .Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!),
                LastInboundAt = After(times[0]),
                JoinedAt = After(times[1]),
                NotJoinedAt = After(times[2]),
                CreatedAt = Now,
            },
            statuses, replied);

    private static Gen<Condition> Tree(int depth) => depth == 0
        ? Leaf
        : Gen.OneOf(
            Leaf,
            Parts(depth).Select(parts => new Condition { All = parts }),
            Parts(depth).Select(parts => new Condition { Any = parts }),
            Tree(depth - 1).Select(part => new Condition { Not = part }));

    private static Gen<Condition[]> Parts(int depth) =>
        Gen.Choose(1, 3).SelectMany(count => Gen.ArrayOf(Tree(depth - 1), count));

    private static Gen<Condition> Leaf => Gen.OneOf(
        Gen.Elements("a", "b", "c").Select(tag => new Condition { Tag = tag }),
        Attribute.Zip(
            Gen.Elements("Lyon", "", "10"), (name, text) => new Condition { Attribute = name, EqualTo = text }),
        Attribute.Zip(
            Gen.Elements("ly", "EVR", "1", "zo"), (name, text) => new Condition { Attribute = name, Contains = text }),
        Attribute.Zip(Gen.Elements(true, false), (name, empty) => new Condition { Attribute = name, IsEmpty = empty }),
        Attribute.Zip(Operand, (name, than) => new Condition { Attribute = name, GreaterThan = than }),
        Attribute.Zip(Operand, (name, than) => new Condition { Attribute = name, LessThan = than }),
        Gen.Elements("joined", "notJoined", "unknown").Select(state => new Condition { Sandbox = state }),
        Gen.Elements("open", "closed").Select(state => new Condition { Session = state }),
        Gen.Elements(Campaigns).Zip(
            Gen.Elements("received", "read", "notRead", "replied", "notReplied", "failed"),
            (campaign, result) => new Condition { Campaign = campaign, Result = result }));

    private static Gen<string> Attribute => Gen.Elements("city", "points", "attributes.points", "firstName", "none");

    private static Gen<JsonElement> Operand =>
        Gen.Elements("9.5", "10", "-5", "\"2026-01-31\"").Select(json => JsonElement.Parse(json));

    /// <summary>The same once more, in the words of this language.</summary>
    private static bool Holds(Condition condition, Person person) => condition switch
    {
        { All: { } all } => all.All(part => Holds(part, person)),
        { Any: { } any } => any.Any(part => Holds(part, person)),
        { Not: { } not } => !Holds(not, person),
        { Tag: { } tag } => person.Contact.Tags.Contains(tag),
        { Attribute: { } name } => HoldsOf(condition, ValueOf(name, person.Contact)),
        { Sandbox: { } state } =>
            person.Contact.MembershipAt(Now).State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase),
        { Session: { } state } => person.Contact.SessionAt(Now).Open == (state == "open"),
        { Campaign: { } campaign, Result: var result } => person.StatusOf(campaign) is { } status && result switch
        {
            "received" => status is 4 or 6 or 7,
            "read" => status == 7,
            "notRead" => status is 4 or 6,
            "replied" => person.HasReplied(campaign),
            "notReplied" => status is 4 or 6 or 7 && !person.HasReplied(campaign),
            _ => status == 5,
        },
        _ => false,
    };

    private static bool HoldsOf(Condition condition, string? value) => condition switch
    {
        { EqualTo: { } text } => value == text,
        { Contains: { } text } => value is not null && Fold(value).Contains(Fold(text), StringComparison.Ordinal),
        { IsEmpty: { } isEmpty } => string.IsNullOrEmpty(value?.Trim(' ')) == isEmpty,
        { GreaterThan: { } than } => Compare(value, than) > 0,
        { LessThan: { } than } => Compare(value, than) < 0,
        _ => false,
    };

    private static int? Compare(string? value, JsonElement than) =>
        value is null ? null
        : than.ValueKind == JsonValueKind.Number
            ? Regex.IsMatch(value, "^-?[0-9]+([.][0-9]+)?$")
                ? decimal.Parse(value, CultureInfo.InvariantCulture).CompareTo(than.GetDecimal())
                : null
            : DateOnly.TryParseExact(
                value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                ? day.CompareTo(DateOnly.Parse(than.GetString()!, CultureInfo.InvariantCulture))
                : null;

    private static string? ValueOf(string name, Contact contact) => name switch
    {
        "firstName" => contact.FirstName,
        _ => contact.Attributes.GetValueOrDefault(name.Replace("attributes.", "", StringComparison.Ordinal)),
    };

    private static string Fold(string text) => string.Concat(text.Normalize(NormalizationForm.FormKD)
        .Where(letter => letter is < '\u0300' or > '\u036F')).ToLowerInvariant();

    private static DateTimeOffset? After(int? hours) => hours is { } some ? Now.AddHours(some) : null;

    private async Task<List<Guid>> FindAsync(Condition condition, string mark, MessageLooks? looks = null)
    {
        var values = new SqlParameters();
        var where = $"c.tags @> array[{values.Add(mark)}::text] and {ConditionSql.Of(condition, Now, values, looks)}";
        await using var command = app.Database.Command(
            $"select c.id from contacts c {looks?.Joins} where {where} order by c.id", values.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<Guid>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetGuid(0));
        }

        return [.. found.Order()];
    }

    private async Task InsertAsync(Person person, string mark)
    {
        var contact = person.Contact;
        await using (var command = app.Database.Command("""
            insert into contacts (
                id, phone, first_name, tags, attributes, last_inbound_at, joined_at, not_joined_at, created_at,
                updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, now(), now())
            """, contact.Id, contact.Phone, contact.FirstName, (string[])[.. contact.Tags, mark],
            new Sql.Json(JsonSerializer.Serialize(contact.Attributes)), contact.LastInboundAt, contact.JoinedAt,
            contact.NotJoinedAt))
        {
            await command.ExecuteNonQueryAsync();
        }

        foreach (var campaign in Campaigns.Where(campaign => person.StatusOf(campaign) is not null))
        {
            await using var command = app.Database.Command("""
                insert into messages (id, campaign_id, contact_id, kind, phone, status, replied_at, created_at)
                values ($1, $2, $3, 1, $4, $5, $6, now())
                """, Guid.NewGuid(), campaign, contact.Id, contact.Phone, person.StatusOf(campaign),
                person.HasReplied(campaign) ? Now : null);
            await command.ExecuteNonQueryAsync();
        }
    }

    private sealed record Person(Contact Contact, short?[] Statuses, bool[] Replied)
    {
        public short? StatusOf(Guid campaign) => Statuses[Array.IndexOf(Campaigns, campaign)];

        public bool HasReplied(Guid campaign) => Replied[Array.IndexOf(Campaigns, campaign)];
    }
}
