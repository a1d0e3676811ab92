using Microsoft.Extensions.Options;

namespace ProviderEmulator;

/// <summary>
/// The sandbox takes one message every three seconds, whoever it is for. https://www.twilio.com/docs/whatsapp/sandbox
/// Measured from arrival to arrival without tolerance; only messages that were let through count.
/// </summary>
internal sealed class SenderRate(IOptions<EmulatorOptions> options)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public bool TryPass(DateTimeOffset arrival)
    {
        lock (_lock)
        {
            if (arrival - _last < options.Value.MinInterval)
            {
                return false;
            }

            _last = arrival;
            return true;
        }
    }
}
