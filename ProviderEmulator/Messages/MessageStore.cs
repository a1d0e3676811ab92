using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>All messages of this run, up to <see cref="EmulatorOptions.KeptMessages"/>.</summary>
internal sealed class MessageStore(IOptions<EmulatorOptions> options)
{
    private readonly Lock _lock = new();
    private readonly List<Message> _all = [];
    private readonly Dictionary<string, Message> _bySid = new(StringComparer.Ordinal);

    // Reconciliation lists by recipient, again and again: that must not read every message.
    private readonly Dictionary<string, List<Message>> _byPhone = new(StringComparer.Ordinal);
    private long _lastKey;

    public void Add(Message message)
    {
        lock (_lock)
        {
            message.Key = ++_lastKey;
            _all.Add(message);
            _bySid.Add(message.Sid, message);
            if (!_byPhone.TryGetValue(message.Phone, out var conversation))
            {
                _byPhone.Add(message.Phone, conversation = []);
            }

            conversation.Add(message);
            ForgetOldest();
        }
    }

    public Message? Find(string sid)
    {
        lock (_lock)
        {
            return _bySid.GetValueOrDefault(sid);
        }
    }

    public bool Remove(Message message)
    {
        lock (_lock)
        {
            return _bySid.Remove(message.Sid) && _all.Remove(message) && RemoveFromConversation(message);
        }
    }

    /// <summary>Both sides of a conversation, oldest first.</summary>
    public IReadOnlyList<Message> Conversation(string phone, int last = int.MaxValue)
    {
        lock (_lock)
        {
            return _byPhone.TryGetValue(phone, out var conversation) ? [.. conversation.TakeLast(last)] : [];
        }
    }

    /// <summary>If a phone is given, only its conversation is read.</summary>
    public Slice<Message> List(Paging paging, string? phone, Func<Message, bool> matches)
    {
        lock (_lock)
        {
            var messages = phone is null ? _all : _byPhone.GetValueOrDefault(phone) ?? [];
            return paging.Cut(messages, message => message.Key, matches);
        }
    }

    private void ForgetOldest()
    {
        // In batches: removing from the front of a list moves all the rest.
        var batch = Math.Max(1, options.Value.KeptMessages / 10);
        if (_all.Count < options.Value.KeptMessages + batch)
        {
            return;
        }

        foreach (var message in _all.Take(batch))
        {
            _bySid.Remove(message.Sid);
            RemoveFromConversation(message);
        }

        _all.RemoveRange(0, batch);
    }

    private bool RemoveFromConversation(Message message)
    {
        var conversation = _byPhone[message.Phone];
        var removed = conversation.Remove(message);
        if (conversation.Count == 0)
        {
            _byPhone.Remove(message.Phone);
        }

        return removed;
    }
}
