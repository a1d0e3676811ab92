using System.Net;

namespace Services.Messaging;

/// <summary>Content that asks whether it may leave once a connection is ready, and knows whether it has.</summary>
internal sealed class GatedContent : HttpContent
{
    private readonly HttpContent _content;
    private readonly Func<Task<bool>> _leave;

    public GatedContent(HttpContent content, Func<Task<bool>> leave)
    {
        (_content, _leave) = (content, leave);
        foreach (var (name, values) in content.Headers)
        {
            Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>False: no byte of it has left, so nothing can have been processed.</summary>
    public bool Left { get; private set; }

    /// <summary>It was asked, and the answer was no.</summary>
    public bool Held { get; private set; }

    // The overload with a token ends here as well. The headers wait in the connection's buffer for the body
    // (HttpConnection flushes after the content), so nothing is on its way yet.
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        Left = await _leave();
        Held = !Left;
        if (Held)
        {
            throw new OperationCanceledException("The call came too late.");
        }

        await _content.CopyToAsync(stream, context);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? -1;
        return length >= 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _content.Dispose();
        }

        base.Dispose(disposing);
    }
}
