using System.Globalization;
using System.Text.Json.Nodes;

namespace Demo;

/// <summary>24 people, three of them awkward, a template and a campaign with Message 2, until all is settled.</summary>
internal sealed class DemoCampaign(PhonesClient phones, CampaignsClient api, TimeProvider clock)
{
    /// <summary>Marks the demo's contacts: they are its audience.</summary>
    public const string Tag = "demo";

    private const int People = 24;
    private static readonly string[] Variables = ["1", "2"];
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // Numbers that France keeps free for works of fiction: https://www.arcep.fr (national numbering plan, 06 39 98).
    private static string Number(int person) => string.Create(CultureInfo.InvariantCulture, $"+336399800{person:D2}");

    /// <summary>True once every message is settled and every reply answered.</summary>
    public async Task<bool> RunAsync(string adminPassword, CancellationToken cancellationToken)
    {
        await api.SignInAsync(adminPassword, cancellationToken);
        for (var person = 1; person <= People; person++)
        {
            await phones.SetAsync(Number(person), Behaviour(person), cancellationToken);
            await api.ContactAsync(Number(person), $"Contact {person}", cancellationToken);
        }

        Say($"{People} contacts, each with a virtual phone: {phones.Page}");
        var campaign = await CreateCampaignAsync(cancellationToken);
        var preview = await api.GetAsync($"/api/campaigns/{campaign}/preview", cancellationToken);
        Say($"Launching to {preview["recipients"]} people, about {preview["estimatedDurationSeconds"]} s.");
        await api.PostAsync($"/api/campaigns/{campaign}/launch", new { }, cancellationToken);

        var stats = await WatchAsync(campaign, cancellationToken);
        await ExplainFailuresAsync(campaign, cancellationToken);
        Say("Settled. The campaign's page in the API: " + $"/api/campaigns/{campaign}/stats");
        return IsSettled(stats);
    }

    private static object Behaviour(int person) => person switch
    {
        7 => new { profileName = "Never joined", joined = false, behaviour = "reads" },
        13 => new { profileName = "Refuses", joined = true, behaviour = "refuses", refuseWith = 63024 },
        19 => new { profileName = "Phone off", joined = true, behaviour = "silent" },
        _ when person % 3 == 0 => new
        {
            profileName = $"Contact {person}",
            joined = true,
            behaviour = "reads",
            autoReply = new { afterMs = 2000, text = "Oui, avec plaisir !" },
        },
        _ => new { profileName = $"Contact {person}", joined = true, behaviour = "reads" },
    };

    private async Task<Guid> CreateCampaignAsync(CancellationToken cancellationToken)
    {
        var sender = await api.GetAsync("/api/sandbox", cancellationToken);
        var template = await api.CreateAsync("/api/templates", new
        {
            name = "Invitation",
            contentSid = sender["provider"]!.GetValue<string>() switch // one of the emulator's
            {
                "gupshup" => "1f4b6d8e-0c2a-5f73-9b1d-3e5a7c9f2b46",
                "meta" => "invitation_evenement",
                _ => "HX1f4b6d8e0c2a5f739b1d3e5a7c9f2b46",
            },
            language = "fr",
            body = "Bonjour {{1}}, vous êtes invité(e) à {{2}}. Répondez OUI pour recevoir le programme.",
            variables = Variables,
        }, cancellationToken);
        return await api.CreateAsync("/api/campaigns", new
        {
            name = "Démonstration",
            message1 = new
            {
                templateId = template,
                variables = new Dictionary<string, string>
                {
                    ["1"] = "{{firstName}}",
                    ["2"] = "notre journée portes ouvertes",
                },
            },
            message2 = new { body = "Merci {{firstName}} ! Voici le programme : accueil à 9 h, visite à 10 h." },
            audience = new { tags = new[] { Tag } },
        }, cancellationToken);
    }

    private async Task<JsonNode> WatchAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var (last, unchanged) = ("", 0);
        while (true)
        {
            var stats = await api.GetAsync($"/api/campaigns/{campaign}/stats", cancellationToken);
            var line = Line(stats);
            unchanged = line == last ? unchanged + 1 : 0;
            if (line != last)
            {
                Say(line);
            }

            // A few seconds of silence: late receipts and replies are in.
            if (IsSettled(stats) && unchanged >= 8)
            {
                return stats;
            }

            last = line;
            await Task.Delay(Look, clock, cancellationToken);
        }
    }

    private static string Line(JsonNode stats)
    {
        var done = Count(stats, "total") - Waiting(stats);
        return $"{Bar(done, Count(stats, "total"))} {done}/{stats["total"]} · sent {stats["sent"]} · "
            + $"delivered {stats["delivered"]} · read {stats["read"]} · replies {stats["replies"]} · "
            + $"Message 2 {stats["message2"]!["delivered"]}/{stats["message2"]!["total"]} · failed {stats["failed"]}";
    }

    private static string Bar(long done, long total)
    {
        const int width = 20;
        var full = total == 0 ? 0 : (int)(width * done / total);
        return new string('█', full) + new string('░', width - full);
    }

    private static bool IsSettled(JsonNode stats) =>
        Waiting(stats) == 0 && stats["message2"] is { } second
        && Count(second, "total") == Count(second, "delivered") + Count(second, "failed");

    private static long Waiting(JsonNode stats) =>
        Count(stats, "pending") + Count(stats, "queued") + Count(stats, "retrying");

    private static long Count(JsonNode stats, string counter) => stats[counter]!.GetValue<long>();

    private async Task ExplainFailuresAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var failed = await api.GetAsync($"/api/campaigns/{campaign}/messages?status=failed", cancellationToken);
        foreach (var message in failed["items"]!.AsArray())
        {
            var error = message!["error"]!;
            Say($"{message["phone"]} failed with {error["code"]}: {error["title"]}. {error["action"]}");
        }
    }

    private static void Say(string line) => Console.WriteLine(line);
}
