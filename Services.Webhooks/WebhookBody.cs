using System.Buffers;

namespace Services.Webhooks;

/// <summary>What a route does before it knows what it was told.</summary>
internal static class WebhookBody
{
    /// <summary>
    /// The whole body where Kestrel has put it, which signatures cover; null if it is longer than <paramref name="most"/>.
    /// </summary>
    public static async ValueTask<ReadOnlySequence<byte>?> ReadAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (read.Buffer.Length > most)
            {
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>A copy of the whole body; null if it is longer than <paramref name="most"/>.</summary>
    public static async Task<byte[]?> CopyAsync(HttpContext context, int most)
    {
        if (await ReadAsync(context, most) is not { } body)
        {
            return null;
        }

        var copy = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
        return copy;
    }

    public static Task RefuseAsync(HttpContext context, int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);

    /// <summary>200 with nothing in it once all is durable; else 503, so that it comes again.</summary>
    public static Task AnswerAsync(HttpContext context, bool kept) =>
        kept ? Task.CompletedTask
            : RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "The event could not be stored. Send it again.");
}
