namespace Services.Messaging;

/// <summary>Who sends: the one place that knows all providers.</summary>
internal static class Providers
{
    /// <summary>Name of the setting; without it Twilio sends.</summary>
    private const string Setting = "Sending:Provider";

    /// <summary>By the name that the provider has in the contracts.</summary>
    private static readonly Dictionary<string, Action<IServiceCollection>> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["twilio"] = TwilioProvider.Register,
        ["gupshup"] = GupshupProvider.Register,
        ["meta"] = MetaProvider.Register,
    };

    /// <exception cref="InvalidOperationException">There is no such provider.</exception>
    public static void Register(IServiceCollection services, IConfiguration settings)
    {
        var name = settings[Setting] is { Length: > 0 } given ? given : "twilio";
        if (!All.TryGetValue(name, out var register))
        {
            throw new InvalidOperationException($"Sending__Provider must be one of {string.Join(", ", All.Keys)}.");
        }

        register(services);
    }
}
