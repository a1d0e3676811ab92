using System.Text.Json;
using Frontend.Components;

namespace Frontend.Tests;

public sealed class CampaignDraftTests
{
    private static readonly Guid Someone = Guid.NewGuid();
    private static readonly Template English = TemplateIn("en", "1");
    private static readonly Template French = TemplateIn("fr_FR", "1", "2");

    [Fact]
    public void What_a_draft_says_is_the_same_after_it_was_opened_and_saved()
    {
        var audience = new Audience(Tags: ["vip"], Exclude: new(["private"], [Someone]));
        var message1 = new Message1(
            English.Id, Pairs("{{firstName}}"), Pairs("there"),
            [new("fr", French.Id, Pairs("{{firstName}}", "à {{city}}"), Pairs("vous"))]);

        var form = Draft(audience, message1).ToForm([English, French], TimeZoneInfo.Utc);

        Assert.Equal(JsonSerializer.Serialize(audience), JsonSerializer.Serialize(form.Audience));
        Assert.Equal(JsonSerializer.Serialize(message1), JsonSerializer.Serialize(form.Message1));
    }

    [Fact]
    public void Who_is_left_out_by_name_alone_stays_left_out()
    {
        var draft = Draft(new(All: true, Exclude: new(ContactIds: [Someone])), new(English.Id, Pairs("x")));

        Assert.Equal([Someone], draft.ChosenAudience!.Exclude!.ContactIds);
        Assert.Null(draft.ChosenAudience.Exclude.Tags); // an empty list is refused
    }

    [Fact]
    public void What_a_tab_keeps_is_what_was_entered()
    {
        var draft = Draft(
            new(All: true), new(English.Id, Pairs("x"), null, [new("fr", French.Id, Pairs("x", "{{city}}"))]));

        var kept = JsonSerializer.Deserialize<CampaignDraft>(JsonSerializer.Serialize(draft))!;

        Assert.Equal(
            JsonSerializer.Serialize(draft.ToForm([English, French], TimeZoneInfo.Utc)),
            JsonSerializer.Serialize(kept.ToForm([English, French], TimeZoneInfo.Utc)));
    }

    private static CampaignDraft Draft(Audience audience, Message1 message1) => CampaignDraft.Of(
        new(
            Guid.NewGuid(), "Spring", CampaignStatus.Draft, null, message1, null, audience, null, null,
            DateTimeOffset.UnixEpoch, null, null),
        TimeZoneInfo.Utc, []);

    private static Template TemplateIn(string language, params string[] variables) => new(
        Guid.NewGuid(), "Reminder", "HX", language, "", variables, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);

    /// <summary>By the variable's number, from 1.</summary>
    private static Dictionary<string, string> Pairs(params string[] values) =>
        values.Index().ToDictionary(value => $"{value.Index + 1}", value => value.Item);
}
