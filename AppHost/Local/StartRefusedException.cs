namespace AppHost;

/// <summary>The run cannot start; the message says why and what to do, in a line for people.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
