using System.Net.Http.Json;

namespace Demo;

/// <summary>The emulator's virtual phones.</summary>
internal sealed class PhonesClient(Uri emulator) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = emulator };

    /// <summary>The page on which to see them.</summary>
    public Uri Page => emulator;

    public async Task SetAsync(string number, object settings, CancellationToken cancellationToken)
    {
        using var response = await _http.PutAsJsonAsync(
            $"/phones/{Uri.EscapeDataString(number)}", settings, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
