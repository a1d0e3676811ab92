using System.Text.Json;

namespace ProviderEmulator;

/// <summary>The account's templates. Starts with those of the sandbox and two in French.</summary>
internal sealed class ContentStore
{
    private const int MaxTemplates = 5000;

    private readonly Lock _lock = new();
    private readonly SortedList<long, ContentTemplate> _templates = [];
    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);

    public ContentStore(TimeProvider clock)
    {
        var now = clock.GetUtcNow();

        // The sid is the one that Twilio's quickstart gives to everybody.
        // https://www.twilio.com/docs/whatsapp/quickstart
        Seed("HXb5b62575e6e4ff6129ad7c8efe1f983e", "appointment_reminder", "en",
            "Your appointment is coming up on {{1}} at {{2}}. Please reply if you need to change it.",
            new() { ["1"] = "12/1", ["2"] = "3pm" });
        Seed("HX0e3a5c7d9b1f4e628a0c2d4f6b8e1a35", "rappel_rendez_vous", "fr",
            "Bonjour {{1}}, votre rendez-vous est prévu le {{2}} à {{3}}. Répondez à ce message pour le déplacer.",
            new() { ["1"] = "Zoé", ["2"] = "12 mars", ["3"] = "15 h" });
        Seed("HX1f4b6d8e0c2a5f739b1d3e5a7c9f2b46", "invitation_evenement", "fr",
            "Bonjour {{1}}, vous êtes invité(e) à {{2}}. Répondez OUI pour recevoir le programme.",
            new() { ["1"] = "Zoé", ["2"] = "notre journée portes ouvertes" });

        void Seed(string sid, string name, string language, string text, Dictionary<string, string> samples) =>
            TryAdd(new ContentTemplate
            {
                Sid = sid,
                FriendlyName = name,
                Language = language,
                Variables = samples,
                Types = new Dictionary<string, JsonElement>
                {
                    ["twilio/text"] = JsonSerializer.SerializeToElement(new { body = text }),
                },
                Created = now,
                Approval = new ContentApproval("approved", name, "UTILITY"),
            });
    }

    public bool TryAdd(ContentTemplate template)
    {
        lock (_lock)
        {
            if (_templates.Count >= MaxTemplates)
            {
                return false;
            }

            var key = _templates.Count == 0 ? 1 : _templates.Keys[^1] + 1;
            _templates.Add(key, template with { Key = key });
            _keys.Add(template.Sid, key);
            return true;
        }
    }

    public ContentTemplate? Find(string sid)
    {
        lock (_lock)
        {
            return _keys.TryGetValue(sid, out var key) ? _templates[key] : null;
        }
    }

    /// <summary>In the order of their making.</summary>
    public IReadOnlyList<ContentTemplate> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _templates.Values];
            }
        }
    }

    /// <summary>By the name and the language under which WhatsApp has approved it.</summary>
    public ContentTemplate? FindApproved(string? name, string? language)
    {
        lock (_lock)
        {
            return _templates.Values.FirstOrDefault(template =>
                template.IsApproved && template.Approval.Name == name && template.Language == language);
        }
    }

    public ContentTemplate? Approve(string sid, string name, string category)
    {
        lock (_lock)
        {
            if (!_keys.TryGetValue(sid, out var key))
            {
                return null;
            }

            var approval = new ContentApproval("approved", name, category);
            return _templates[key] = _templates[key] with { Approval = approval };
        }
    }

    public bool Remove(string sid)
    {
        lock (_lock)
        {
            return _keys.Remove(sid, out var key) && _templates.Remove(key);
        }
    }

    public Slice<ContentTemplate> List(Paging paging)
    {
        lock (_lock)
        {
            return paging.Cut([.. _templates.Values], template => template.Key, _ => true);
        }
    }
}
