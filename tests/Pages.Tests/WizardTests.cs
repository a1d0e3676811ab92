using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Pages.Tests;

/// <summary>A new campaign, step by step.</summary>
public sealed class WizardTests(Site site)
{
    [Fact]
    public async Task A_newcomer_is_led_from_a_name_to_delivered_messages_and_to_the_answer_to_a_reply()
    {
        var (tag, template) = (Site.Unique("guided"), Site.Unique("Reminder"));
        var reader = await site.AddPersonAsync("Zoé", tag);
        await site.AddPersonAsync("Karim", tag);
        await AddTemplateAsync(template);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/campaigns/new");

        await page.GetByLabel("Name of the campaign").FillAsync("Guided");
        await visit.AssertAccessibleAsync();
        await visit.Button("Choose the people").ClickAsync();

        await page.GetByLabel("People with a tag").CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = tag }).CheckAsync();
        var summary = page.GetByRole(AriaRole.Complementary, new() { Name = "Summary" });
        await Expect(summary).ToContainTextAsync("reaches 2 people");
        await visit.AssertAccessibleAsync();
        await visit.Button("Choose the message").ClickAsync();

        await page.GetByLabel("Approved template").SelectOptionAsync($"{template} (en)");
        await page.GetByLabel("What replaces {{1}}").SelectOptionAsync("First name");
        await page.GetByLabel("What replaces {{2}}").SelectOptionAsync("The same text for everybody");
        await page.GetByLabel("Text for variable 2").FillAsync("15h");
        await page.GetByLabel("Text for variable 2").BlurAsync();
        await Expect(summary.Locator(".bubble")).ToContainTextAsync(new Regex("on (Zoé|Karim) at 15h"));
        await visit.AssertAccessibleAsync();
        await visit.Button("Save and go on").ClickAsync();

        await page.GetByLabel("Answer those who reply").CheckAsync();
        await page.GetByLabel("Your answer").FillAsync("Thank you {{firstName}}!");
        await page.GetByLabel("Your answer").BlurAsync();
        await Expect(summary.Locator(".bubble").Last).ToHaveTextAsync(new Regex("^Thank you (Zoé|Karim)!$"));
        await visit.AssertAccessibleAsync();
        await visit.Button("Check before sending").ClickAsync();

        await Expect(page.Locator(".samples li")).ToHaveCountAsync(2);
        await visit.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send to 2 people, ends about ") }).ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex("/campaigns/[0-9a-f-]{36}$"));
        await Expect(visit.Title).ToHaveTextAsync("Sent to 2 of 2 people", new() { Timeout = 30_000 });
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "Read 2" })).ToBeVisibleAsync();

        await visit.Button("Practice phones").ClickAsync();
        var phone = page.Locator(".practice li").Filter(new() { HasText = reader });
        await Expect(phone).ToContainTextAsync("on Zoé at 15h");
        await phone.GetByLabel($"What {reader} writes").FillAsync("Yes, I’ll come");
        await phone.GetByRole(AriaRole.Button, new() { Name = "Reply" }).ClickAsync();
        await Expect(phone).ToContainTextAsync("Thank you Zoé!", new() { Timeout = 20_000 });
        await page.GetByRole(AriaRole.Link, new() { Name = "Message 2 sent: 1" }).ClickAsync();
        await Expect(page.Locator(".recipients tbody tr a")).ToHaveTextAsync(["Zoé"]);
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_message_in_two_languages_shows_what_somebody_of_each_would_read()
    {
        var (tag, english, french) = (Site.Unique("bilingual"), Site.Unique("Reminder"), Site.Unique("Rappel"));
        foreach (var (firstName, language) in new[] { ("Ann", "en"), ("Zoé", "fr-CA") })
        {
            await site.Run.PostAsync(
                "/api/contacts", new { phone = site.NewPhone(), firstName, language, tags = new[] { tag } });
        }

        await AddTemplateAsync(english);
        await AddTemplateAsync(french, "fr", "Votre rendez-vous approche, {{1}}.");
        var draft = await site.Run.CreateCampaignAsync(tag, new { tags = new[] { tag } });
        await using var visit = await (await site.VisitAsync(phone: true)).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{draft}/edit?step=3");
        await page.GetByLabel("Approved template", new() { Exact = true }).SelectOptionAsync($"{english} (en)");
        await page.GetByLabel("What replaces {{1}}").SelectOptionAsync("First name");
        await page.GetByLabel("What replaces {{2}}").SelectOptionAsync("Phone number");

        await visit.Button("Add another language").ClickAsync();
        await page.GetByLabel("Approved template in another language").SelectOptionAsync($"{french} (fr)");
        var variant = page.GetByRole(AriaRole.Group, new() { Name = "In another language: fr" });
        await variant.GetByLabel("What replaces {{1}}").SelectOptionAsync("First name");

        var summary = page.Locator(".summary");
        await Expect(summary).ToContainTextAsync("Also in fr");
        await Expect(summary.Locator(".bubble")).ToHaveTextAsync(
            [new Regex("coming up on Ann at "), new Regex("approche, Zoé\\."), new Regex("Merci")]);
        await Expect(summary).ToContainTextAsync("To Zoé (fr)");
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();
        await visit.Button("Save and go on").ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("What happens after a reply, and when does it start?");

        await visit.Button("Check before sending").ClickAsync();
        await Expect(page.Locator(".samples li")).ToHaveCountAsync(2);
        await page.GetByText("Send a test to one number first").ClickAsync();
        await Expect(page.GetByLabel("In which language")).ToHaveValueAsync("");
        await visit.AssertAccessibleAsync();
        var kept = (await site.Run.GetAsync($"/api/campaigns/{draft}"))["message1"]!["variants"]!.AsArray();
        Assert.Equal("{{firstName}}", Assert.Single(kept)!["variables"]!["1"]!.GetValue<string>());

        await page.GoBackAsync();
        await page.GoBackAsync();
        await visit.Button("Remove this language").ClickAsync();
        await Expect(summary).Not.ToContainTextAsync("Also in");
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task The_first_steps_need_no_mouse()
    {
        var tag = Site.Unique("keyboard");
        await site.AddPersonAsync("Inès", tag);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/campaigns");

        await visit.TabToAsync(page.Locator(".page-header").GetByRole(AriaRole.Link, new() { Name = "New campaign" }));
        await page.Keyboard.PressAsync("Enter");
        await Expect(visit.Title).ToBeFocusedAsync();
        await visit.TabToAsync(page.GetByLabel("Name of the campaign"));
        await page.Keyboard.TypeAsync("By keyboard");
        await page.Keyboard.PressAsync("Enter");

        await Expect(visit.Title).ToHaveTextAsync("Who should get it?");
        await visit.TabToAsync(page.GetByLabel("Everybody"));
        await page.Keyboard.PressAsync("ArrowDown");
        await visit.TabToAsync(page.GetByRole(AriaRole.Checkbox, new() { Name = tag }));
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".summary")).ToContainTextAsync("reaches 1 person");
        await visit.TabToAsync(visit.Button("Choose the message"));
        await page.Keyboard.PressAsync("Enter");

        await Expect(visit.Title).ToHaveTextAsync("What should people read?");
        await visit.TabToAsync(page.GetByLabel("Approved template"));
    }

    [Fact]
    public async Task What_the_API_refuses_stands_in_French_beside_its_field()
    {
        var template = Site.Unique("Rappel");
        await AddTemplateAsync(template);
        await using var visit = await (await site.VisitAsync("fr", ColorScheme.Dark, phone: true)).SignedInAsync();
        var page = await visit.GoAsync("/campaigns/new");
        await page.GetByLabel("Nom de la campagne").FillAsync("Refusée");
        await visit.Button("Choisir les destinataires").ClickAsync();
        await visit.Button("Choisir le message").ClickAsync();
        await page.GetByLabel("Modèle approuvé").SelectOptionAsync($"{template} (en)");
        await visit.Button("Enregistrer et continuer").ClickAsync();

        var field = page.GetByLabel("Ce qui remplace {{1}}");
        await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(field).ToHaveAccessibleDescriptionAsync(new Regex("La variable 1 du modèle n’est pas remplie"));
        await visit.AssertAccessibleAsync();
        await visit.AssertFitsAsync();
    }

    [Fact]
    public async Task Quiet_hours_are_kept_and_the_end_that_is_promised_respects_them()
    {
        var draft = await site.DraftAsync(Site.Unique("quiet"), people: 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{draft}/edit?step=4");
        await page.GetByLabel("Leave people in peace at night").CheckAsync();
        // All day but one minute, which is now only by a chance of one in 1,440.
        await page.GetByLabel("From", new() { Exact = true }).FillAsync("04:01");
        await page.GetByLabel("To", new() { Exact = true }).FillAsync("04:00");
        await page.GetByLabel("Time zone", new() { Exact = true }).SelectOptionAsync("Pacific/Auckland");
        await visit.Button("Check before sending").ClickAsync();
        await Expect(page.Locator(".samples li")).ToHaveCountAsync(1);

        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(page.Locator(".summary")).ToContainTextAsync("Nothing between 04:01 and 04:00");
        var kept = (await site.Run.GetAsync($"/api/campaigns/{draft}"))["quietHours"]!;
        Assert.Equal("Pacific/Auckland", kept["timeZone"]!.GetValue<string>());
        Assert.Equal("04:01:00", kept["from"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_draft_that_the_tab_has_kept_is_counted_again()
    {
        var tag = Site.Unique("kept");
        await site.AddPersonAsync("Zoé", tag);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync("/campaigns/new");
        await page.GetByLabel("Name of the campaign").FillAsync("Kept");
        await visit.Button("Choose the people").ClickAsync();
        await page.GetByLabel("People with a tag").CheckAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = tag }).CheckAsync();
        await Expect(page.Locator(".summary")).ToContainTextAsync("reaches 1 person");

        await page.ReloadAsync();
        await visit.IsLiveAsync();
        await Expect(page.Locator(".summary")).ToContainTextAsync("Kept");
        await Expect(page.Locator(".summary")).ToContainTextAsync("reaches 1 person");
    }

    [Fact]
    public async Task Who_lacks_a_value_is_named_and_left_out_only_when_somebody_says_so()
    {
        var tag = Site.Unique("missing");
        await site.AddPersonAsync("Zoé", tag);
        var nameless = site.NewPhone();
        await site.SetPhoneAsync(nameless, new { joined = true, behaviour = "reads" });
        await site.Run.PostAsync("/api/contacts", new { phone = nameless, tags = new[] { tag } });
        var draft = await site.Run.CreateCampaignAsync(Site.Unique("missing"), new { tags = new[] { tag } });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{draft}/edit?step=5");

        var missing = page.GetByRole(AriaRole.Region, new() { Name = "1 person lacks a value" });
        await Expect(missing.GetByRole(AriaRole.Link, new() { Name = nameless })).ToBeVisibleAsync();
        await Expect(missing).ToContainTextAsync("lacks {{1}}");
        await visit.AssertAccessibleAsync();
        var send = page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send to 1 person, ends about ") });
        await Expect(send).ToBeDisabledAsync();
        await missing.GetByLabel("Leave this 1 person out").CheckAsync();
        await send.ClickAsync();

        await Expect(visit.Title).ToHaveTextAsync("Sent to 1 of 2 people", new() { Timeout = 30_000 });
        Assert.Empty(visit.Complaints);
    }

    [Fact]
    public async Task A_fallback_stands_in_for_the_value_that_somebody_lacks()
    {
        var tag = Site.Unique("fallback");
        var nameless = site.NewPhone();
        await site.SetPhoneAsync(nameless, new { joined = true, behaviour = "reads" });
        await site.Run.PostAsync("/api/contacts", new { phone = nameless, tags = new[] { tag } });
        var draft = await site.Run.CreateCampaignAsync(Site.Unique("fallback"), new { tags = new[] { tag } });
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{draft}/edit?step=3");

        await page.GetByLabel("What stands in place of variable 1").FillAsync("Monday");
        await page.GetByLabel("What stands in place of variable 1").BlurAsync();
        await Expect(page.Locator(".summary .bubble").First).ToContainTextAsync("coming up on Monday at 15h");
        await visit.Button("Save and go on").ClickAsync();
        await visit.Button("Check before sending").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "1 person lacks a value" })).ToHaveCountAsync(0);
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Send to 1 person") }).ClickAsync();
        await Expect(visit.Title).ToHaveTextAsync("Sent to 1 of 1 person", new() { Timeout = 30_000 });
    }

    [Fact]
    public async Task Quiet_hours_can_be_each_persons_own()
    {
        var draft = await site.DraftAsync(Site.Unique("own hours"), people: 1);
        await using var visit = await (await site.VisitAsync()).SignedInAsync();
        var page = await visit.GoAsync($"/campaigns/{draft}/edit?step=4");
        await page.GetByLabel("Leave people in peace at night").CheckAsync();
        await page.GetByLabel("In each person’s own time").CheckAsync();
        await visit.AssertAccessibleAsync();
        await visit.Button("Check before sending").ClickAsync();
        await Expect(page.GetByText("the end is that of the country that is last")).ToBeVisibleAsync();
        await Expect(page.Locator(".summary")).ToContainTextAsync(
            "Nothing between 21:00 and 08:00, in each person’s own time");

        var kept = (await site.Run.GetAsync($"/api/campaigns/{draft}"))["quietHours"]!;
        Assert.True(kept["perContact"]!.GetValue<bool>());
    }

    private async Task AddTemplateAsync(
        string name, string language = "en", string body = "Your appointment is coming up on {{1}} at {{2}}.") =>
        await site.Run.PostAsync("/api/templates", new
        {
            name,
            contentSid = "HXb5b62575e6e4ff6129ad7c8efe1f983e", // the emulator knows it
            language,
            body,
        });
}
