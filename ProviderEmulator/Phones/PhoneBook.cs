using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>The virtual phones, by address.</summary>
internal sealed class PhoneBook(Scenario scenario, IOptions<EmulatorOptions> options)
{
    private const int MaxPhones = 20_000;

    // So that the page can show whom a message was sent to; a load test's recipients need not all be kept.
    private const int MaxStrangers = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Phone> _phones = new(StringComparer.Ordinal);

    public IReadOnlyList<Phone> All()
    {
        lock (_lock)
        {
            return [.. _phones.Values];
        }
    }

    public Phone? Find(string? address)
    {
        lock (_lock)
        {
            return address is null ? null : _phones.GetValueOrDefault(address);
        }
    }

    /// <summary>Changes a phone, or sets one up; null if there are too many.</summary>
    public Phone? Set(string number, Func<Phone, Phone> change)
    {
        lock (_lock)
        {
            var address = MessageOrder.Channel + number;
            if (!_phones.TryGetValue(address, out var phone) && _phones.Count >= MaxPhones)
            {
                return null;
            }

            return _phones[address] = change(phone ?? new Phone(number)) with { IsStranger = false };
        }
    }

    /// <summary>
    /// What becomes of a message that is accepted now. A number that is not known yet is from now on.
    /// </summary>
    public Fate FateOf(MessageOrder order, DateTimeOffset now)
    {
        Phone? phone;
        lock (_lock)
        {
            if (!_phones.TryGetValue(order.To, out phone))
            {
                phone = new Phone(order.To[MessageOrder.Channel.Length..]) { IsStranger = true };
                if (_phones.Count < MaxStrangers)
                {
                    _phones.Add(order.To, phone);
                }
            }
        }

        var strangers = scenario.Strangers;
        return phone.IsStranger
            ? (phone with { Behaviour = strangers.Behaviour })
                .FateOf(order, joined: strangers.Joined || !scenario.IsSandbox, windowIsOpen: strangers.Joined)
            : phone.FateOf(order, phone.HasJoined(now) || !scenario.IsSandbox, phone.HasOpenWindow(now));
    }

    /// <summary>
    /// Notes that a phone writes. "join" and our code enters the sandbox, "join" and another leaves it for another
    /// sandbox, "stop" leaves it. False if the sandbox keeps the message from us, because the phone has not joined.
    /// </summary>
    public bool TryWrite(string address, string text, DateTimeOffset now)
    {
        var words = text.Trim();
        var joins = words.StartsWith("join ", StringComparison.OrdinalIgnoreCase);
        var joinsUs = joins && words[5..].Trim().Equals(options.Value.JoinCode, StringComparison.OrdinalIgnoreCase);
        var leaves = (joins && !joinsUs) || words.Equals("stop", StringComparison.OrdinalIgnoreCase);

        lock (_lock)
        {
            if (!_phones.TryGetValue(address, out var phone)
                || !(joinsUs || phone.HasJoined(now) || !scenario.IsSandbox
                    || (phone.IsStranger && scenario.Strangers.Joined)))
            {
                return false;
            }

            _phones[address] = phone with
            {
                IsStranger = false,
                LastWroteAt = now,
                JoinedAt = joinsUs ? now : leaves ? null : phone.JoinedAt ?? (phone.IsStranger ? now : null),
            };
            return true;
        }
    }
}
