using System.Reflection;
using CsvHelper;
using Microsoft.AspNetCore.Http.Metadata;

namespace Services.Campaigns;

/// <summary>
/// A file to download, written as its rows come. With a byte-order mark, without which spreadsheets take UTF-8 for
/// something else; no cell can be taken for a formula.
/// </summary>
internal sealed class CsvDownload(
    string fileName, IReadOnlyList<string> header, IAsyncEnumerable<IReadOnlyList<string?>> rows)
    : IResult, IEndpointMetadataProvider
{
    private const string Type = "text/csv";

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [Type]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = $"{Type}; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        response.Headers.CacheControl = "no-store";
        await using var csv = CsvWriter.Create(
            // A rejected row may have more cells than columns, which is what is wrong with it.
            response.Body, new() { WriteByteOrderMark = true, ValidateFieldCount = false }, leaveOpen: true);
        await WriteAsync(csv, header, httpContext.RequestAborted);
        await foreach (var row in rows.WithCancellation(httpContext.RequestAborted))
        {
            await WriteAsync(csv, row, httpContext.RequestAborted);
        }

        await csv.FlushAsync(httpContext.RequestAborted);
    }

    private static ValueTask WriteAsync(
        CsvWriter csv, IReadOnlyList<string?> cells, CancellationToken cancellationToken)
    {
        foreach (var cell in cells)
        {
            csv.WriteField(CsvCell.Neutralise(cell ?? ""));
        }

        return new(csv.EndRecordAsync(cancellationToken).AsTask());
    }
}
