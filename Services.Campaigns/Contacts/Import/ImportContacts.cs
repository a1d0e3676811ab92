using System.Buffers;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Services.Campaigns;

/// <summary>
/// Takes a file of contacts. It is kept as it comes, piece by piece, and taken in afterwards: the answer means that
/// nothing of it can get lost any more.
/// </summary>
internal static class ImportContacts
{
    public const long LargestFile = 200L << 20;

    private const int ChunkSize = 1 << 20;

    public static async Task<Results<Accepted<ImportAccepted>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        HttpRequest request, Caller caller, ImportStore store, ContactImporter importer,
        IOptions<SandboxOptions> sandbox, CancellationToken cancellationToken)
    {
        var form = new FormReader();
        if (ImportWishes.Read(request.Query, sandbox.Value, form) is not { } wishes)
        {
            return form.Problem;
        }

        if (await UploadedFile.OpenAsync(request, cancellationToken) is not { } file)
        {
            return TypedResults.Problem(UploadedFile.Remedy, statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var piece = buffer.AsMemory(0, ChunkSize);
            var length = await file.ReadAsync(piece, cancellationToken);
            if (await CsvSniffer.ReadAsync(piece[..length], wishes, form, cancellationToken) is not { Plan: { } plan })
            {
                return form.Problem;
            }

            var id = await store.BeginAsync(plan, wishes.FileName ?? file.Name, caller.Name, cancellationToken);
            try
            {
                await KeepAsync(file, piece, length, id, plan, store, cancellationToken);
            }
            catch
            {
                await store.AbandonAsync(id); // whoever was sending has gone, or sent too much
                throw;
            }

            importer.Wake();
            return TypedResults.Accepted($"/api/contacts/imports/{id}", new ImportAccepted(id));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task KeepAsync(
        UploadedFile file, Memory<byte> piece, int length, Guid id, ImportPlan plan, ImportStore store,
        CancellationToken cancellationToken)
    {
        var check = new TextEncodings.Utf8Check();
        var (bytes, isUtf8) = (0L, true);
        for (var number = 0; length > 0; number++)
        {
            isUtf8 = isUtf8 && check.Takes(piece.Span[..length]);
            await store.AddChunkAsync(id, number, piece[..length], cancellationToken);
            bytes += length;
            length = length < piece.Length ? 0 : await file.ReadAsync(piece, cancellationToken);
        }

        // What looked like UTF-8 at first may have its first accent far down.
        var encoding = plan.Encoding == TextEncodings.Utf8 && !isUtf8 ? TextEncodings.Windows1252 : plan.Encoding;
        await store.FinishUploadAsync(id, plan with { Encoding = encoding }, bytes, cancellationToken);
    }

    /// <summary>The endpoint's own limit, above that of other bodies.</summary>
    public static readonly RequestSizeLimitAttribute Limit = new(LargestFile);
}

internal sealed record ImportAccepted(Guid ImportId);
