namespace ServiceDefaults;

/// <summary>A message cannot be handled before something that is under way has come to its end: it is tried again.</summary>
/// <param name="message">What it waits for.</param>
public sealed class TooEarlyException(string message) : Exception(message);
