using System.Net;
using Contracts;
using Testing;

namespace Services.Campaigns.Tests;

/// <summary>What is left of a person who has been erased: nothing that tells who they were.</summary>
[Collection(CampaignsApp.Name)]
public class ErasureTests(CampaignsApp app)
{
    [Theory]
    [InlineData("file")]
    [InlineData("hand")]
    [InlineData("other number")]
    public async Task Whoever_had_opted_out_is_so_again_however_they_come_back(string way)
    {
        var phone = await EraseOptedOutAsync();
        Assert.Equal(0, await app.CountAsync(
            "select count(*) from opt_outs_kept k where k::text like '%' || $1 || '%'", phone[1..]));

        switch (way)
        {
            case "file":
                var import = await app.ImportAsync($"phone,firstName\n{phone},Zoé\n{CampaignsApp.AnyPhone()},Ana\n");
                Assert.Equal(2, (int)import["inserted"]!);
                Assert.Equal(1, await app.CountAsync(
                    "select count(*) from contacts where import_id = $1 and opted_out_at is not null", import.Id()));
                break;
            case "hand":
                Assert.True((bool)(await app.CreateContactAsync(new() { ["phone"] = phone }))["optedOut"]!);
                break;
            default:
                var contact = await app.CreateContactAsync();
                using (var changed = await app.Client.PutAsync(
                    $"/api/contacts/{contact.Id()}",
                    new StringContent($$"""{"phone": "{{phone}}"}""", null, "application/json")))
                {
                    Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
                }

                break;
        }

        Assert.True((bool)(await app.FindAsync(phone))["optedOut"]!);
    }

    [Fact]
    public async Task A_number_that_has_opted_out_is_remembered_when_its_contact_gets_another()
    {
        var (before, after) = (CampaignsApp.AnyPhone(), CampaignsApp.AnyPhone());
        await app.ImportAsync($"phone\n{before}\n", "&list=optOut");
        var contact = await app.FindAsync(before);
        using var content = new StringContent($$"""{"phone": "{{after}}"}""", null, "application/json");
        using var changed = await app.Client.PutAsync($"/api/contacts/{contact.Id()}", content);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        await app.ImportAsync($"phone\n{before}\n");

        Assert.True((bool)(await app.FindAsync(before))["optedOut"]!);
        Assert.True((bool)(await app.FindAsync(after))["optedOut"]!);
    }

    [Fact]
    public async Task No_test_is_sent_to_somebody_who_has_opted_out_and_was_erased()
    {
        var phone = await EraseOptedOutAsync();
        var campaign = await app.CreateCampaignAsync([await app.CreateContactAsync()]);

        using var content = new StringContent($$"""{"phone": "{{phone}}"}""", null, "application/json");
        using var refused = await app.Client.PostAsync($"/api/campaigns/{campaign.Id()}/test-send", content);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
    }

    [Fact]
    public async Task Whoever_wants_messages_again_is_not_opted_out_by_what_was_before()
    {
        var phone = await EraseOptedOutAsync();
        await app.Desk.SayAsync(new ConsentChanged
        {
            Provider = "meta",
            From = phone,
            Consent = OptOutType.Start,
            ReceivedAt = OrderDesk.Now().AddSeconds(1),
        });
        await Eventually.BecomesTrueAsync(async () => await app.CountAsync(
            "select count(*) from opt_outs_kept where number_hash = opt_out_hash($1)", phone) == 0);

        await app.ImportAsync($"phone\n{phone}\n");

        Assert.False((bool)(await app.FindAsync(phone))["optedOut"]!);
    }

    [Fact]
    public async Task An_import_of_somebody_who_had_opted_out_can_be_undone_and_is_remembered_still()
    {
        var phone = await EraseOptedOutAsync();
        var import = await app.ImportAsync($"phone\n{phone}\n");

        await app.PostAsync($"/api/contacts/imports/{import.Id()}/undo");

        var undone = await Eventually.ReturnsAsync(
            () => app.GetAsync($"/api/contacts/imports/{import.Id()}"), found => found["undoneAt"] is not null);
        Assert.Equal((1, 0), ((int)undone["removed"]!, (int)undone["kept"]!));
        Assert.True((bool)(await app.CreateContactAsync(new() { ["phone"] = phone }))["optedOut"]!);
    }

    [Fact]
    public async Task Rejected_rows_with_the_number_go_along_in_whatever_spelling_they_have_it()
    {
        var contact = await app.CreateContactAsync();
        var phone = (string)contact["phone"]!;
        var tooLong = new string('x', 101);
        var national = phone[3..];
        var import = await app.ImportAsync(
            $"phone;firstName;note\n{phone};{tooLong};\n0{national};{tooLong};\n12;Zoé;+33 (0){national[..1]} {national[1..]}\n"
            + $"00{phone[1..]};{tooLong};\n12;Léa;1234\n{CampaignsApp.AnyPhone()};{tooLong};\n");
        Assert.Equal(6, (int)import["rejected"]!);

        using var erased = await app.Client.DeleteAsync($"/api/contacts/{contact.Id()}");

        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        var rows = await app.GetAsync($"/api/contacts/imports/{import.Id()}/rejected-rows");
        Assert.Equal([6L, 7L], rows["items"]!.AsArray().Select(row => (long)row!["line"]!));
    }

    /// <summary>The number of somebody who is no more.</summary>
    private async Task<string> EraseOptedOutAsync()
    {
        var phone = CampaignsApp.AnyPhone();
        await app.ImportAsync($"phone\n{phone}\n", "&list=optOut");
        var contact = await app.FindAsync(phone);
        using var erased = await app.Client.DeleteAsync($"/api/contacts/{contact.Id()}");
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        return phone;
    }
}
