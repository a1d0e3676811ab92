namespace Contracts;

/// <summary>A template as the provider has it. Asked for over HTTP, when somebody wants to synchronise.</summary>
/// <param name="ContentSid">The provider's id, Twilio's <c>HX…</c>.</param>
/// <param name="Body">Its text, with variables as <c>{{1}}</c>; null if it has none.</param>
/// <param name="Variables">All of them, those of buttons and media too.</param>
/// <param name="Approval">What WhatsApp says of it: approved, pending, rejected, unsubmitted…</param>
public sealed record ProviderTemplate(
    string ContentSid, string Name, string Language, string? Body, IReadOnlyList<string> Variables, string? Approval);
