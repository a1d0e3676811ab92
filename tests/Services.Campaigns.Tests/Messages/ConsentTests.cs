using Contracts;
using Testing;

namespace Services.Campaigns.Tests;

/// <summary>Consent that is told elsewhere than in a message to us.</summary>
[Collection(CampaignsApp.Name)]
public class ConsentTests(CampaignsApp app)
{
    [Fact]
    public async Task The_last_word_counts_in_whichever_order_the_words_come()
    {
        var contact = await app.CreateContactAsync();
        var now = OrderDesk.Now();

        await SayAsync((string)contact["phone"]!, OptOutType.Stop, now);
        await BecomesAsync(contact.Id(), optedOut: true);
        await SayAsync((string)contact["phone"]!, OptOutType.Start, now.AddSeconds(-1));
        await SayAsync((string)contact["phone"]!, OptOutType.Start, now.AddSeconds(1));
        await BecomesAsync(contact.Id(), optedOut: false);
    }

    [Fact]
    public async Task Who_stops_before_being_on_the_list_is_on_it_as_opted_out()
    {
        const string Phone = "+33639989901";

        await SayAsync(Phone, OptOutType.Stop, OrderDesk.Now());

        await Eventually.BecomesTrueAsync(async () =>
            (await app.GetAsync($"/api/contacts?search={Uri.EscapeDataString(Phone)}"))["items"]!.AsArray()
                is [{ } contact] && (bool)contact["optedOut"]!);
    }

    private Task SayAsync(string phone, OptOutType consent, DateTimeOffset at) => app.Desk.SayAsync(
        new ConsentChanged { Provider = "meta", From = phone, Consent = consent, ReceivedAt = at });

    private Task BecomesAsync(Guid id, bool optedOut) => Eventually.BecomesTrueAsync(async () =>
        (bool)(await app.GetAsync($"/api/contacts/{id}"))["optedOut"]! == optedOut);
}
