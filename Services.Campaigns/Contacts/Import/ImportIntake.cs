using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>
/// Takes a file of contacts. It is kept as it comes, piece by piece, and taken in afterwards: the answer means that
/// nothing of it can get lost any more.
/// </summary>
internal sealed class ImportIntake(ImportStore store, ContactImporter importer)
{
    private const int ChunkSize = 1 << 20;

    /// <param name="request">Brings the file.</param>
    /// <param name="id">The import's.</param>
    /// <param name="wishes">How to read it.</param>
    /// <param name="form">Tells what is wrong with it.</param>
    /// <param name="caller">Who sends it.</param>
    public async Task<Results<Accepted<ImportAccepted>, ValidationProblem, ProblemHttpResult>> TakeAsync(
        HttpRequest request, MadeId id, ImportWishes wishes, FormReader form, Caller caller,
        CancellationToken cancellationToken)
    {
        if (id.MayExist && await store.HasAsync(id.Value, cancellationToken))
        {
            return Answer(id.Value);
        }

        if (await UploadedFile.OpenAsync(request, cancellationToken) is not { } file)
        {
            return UploadedFile.Missing(request.Language());
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            var piece = buffer.AsMemory(0, ChunkSize);
            var length = await file.ReadAsync(piece, cancellationToken);
            if (await CsvSniffer.ReadAsync(
                    piece[..length], length < piece.Length, wishes, form, cancellationToken) is not { Plan: { } plan }
                || !ImportColumns.Check(plan.Columns, form))
            {
                return form.Problem;
            }

            await store.BeginAsync(
                id.Value, plan, wishes.FileName ?? file.Name, caller, cancellationToken);
            try
            {
                await KeepAsync(file, piece, length, id.Value, plan, cancellationToken);
            }
            catch
            {
                await store.AbandonAsync(id.Value); // whoever was sending has gone, or sent too much
                throw;
            }

            importer.Wake();
            return Answer(id.Value);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Accepted<ImportAccepted> Answer(Guid id) =>
        TypedResults.Accepted($"/api/contacts/imports/{id}", new ImportAccepted(id));

    /// <summary>
    /// A file that breaks in the middle must change nobody: it is looked through to its end while it comes, before the
    /// first row is taken in.
    /// </summary>
    private async Task KeepAsync(
        UploadedFile file, Memory<byte> piece, int length, Guid id, ImportPlan plan, CancellationToken cancellationToken)
    {
        var check = new Utf8Check();
        var look = new Pipe();
        var counting = ImportRows.CountAsync(look.Reader.AsStream(), plan, cancellationToken);
        var bytes = 0L;
        try
        {
            for (var number = 0; length > 0; number++)
            {
                var looking = look.Writer.WriteAsync(piece[..length], cancellationToken).AsTask();
                check.Add(piece.Span[..length]);
                await Task.WhenAll(
                    looking, store.AddChunkAsync(id, number, piece[..length], cancellationToken));
                bytes += length;
                length = length < piece.Length ? 0 : await file.ReadAsync(piece, cancellationToken);
            }
        }
        finally
        {
            await look.Writer.CompleteAsync();
            await ((Task)counting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        check.End();
        if (plan.Encoding == TextEncodings.Utf8 && check.Mistake is { } mistake)
        {
            await store.FailAsync(id, mistake, cancellationToken);
            return;
        }

        // What looked like UTF-8 at first may have its first accent far down.
        var encoding = plan.Encoding == TextEncodings.Utf8 && check.IsWindows1252
            ? TextEncodings.Windows1252
            : plan.Encoding;
        try
        {
            await store.FinishUploadAsync(
                id, plan with { Encoding = encoding }, bytes, await counting, cancellationToken);
        }
        catch (ImportFileException exception)
        {
            await store.FailAsync(id, exception.Error, cancellationToken);
        }
    }
}

internal sealed record ImportAccepted(Guid ImportId);
