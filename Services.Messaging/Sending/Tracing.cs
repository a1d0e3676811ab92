using System.Diagnostics;

namespace Services.Messaging;

/// <summary>Work on a message that goes on long after its order has been consumed.</summary>
internal static class Tracing
{
    private static readonly ActivitySource Source = new("Campaigns.Messaging");

    /// <summary>An activity in the order's trace; null if nobody listens, or the order had none.</summary>
    public static Activity? Continue(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, ActivityKind.Internal, parent)
            : null;
}
