using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>The file in a request: its body, or the first file of a form. Read as it comes, never kept whole.</summary>
internal sealed record UploadedFile(Stream Content, string? Name)
{
    private static readonly Remedy NoFile = new(
        "Send the file as text/csv, or as multipart/form-data with one file.",
        "Envoyez le fichier en text/csv, ou en multipart/form-data avec un seul fichier.");

    private static readonly string[] Types =
        ["text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream",
         "application/vnd.ms-excel"];

    /// <summary>The answer to a request that holds none.</summary>
    public static ProblemHttpResult Missing(string language) =>
        TypedResults.Problem(NoFile.In(language), statusCode: StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Null if the request holds none.</summary>
    public static async Task<UploadedFile?> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return null;
        }

        if (Types.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase))
        {
            return new(request.Body, null);
        }

        if (!type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 100 } boundary)
        {
            return null;
        }

        var parts = new MultipartReader(boundary, request.Body);
        try
        {
            while (await parts.ReadNextSectionAsync(cancellationToken) is { } part)
            {
                if (part.AsFileSection() is { } file)
                {
                    return new(part.Body, file.FileName);
                }
            }
        }
        catch (Exception exception) when (IsCutOff(exception))
        {
            // A form that ends before it should, or is none.
        }

        return null;
    }

    // The server's own complaints, such as a body that is too large, are of a type of their own.
    private static bool IsCutOff(Exception exception) =>
        exception is InvalidDataException or (IOException and not BadHttpRequestException);

    /// <summary>Fills the buffer, or as much of it as there is; less than its length means the end.</summary>
    public async Task<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await Content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (IsCutOff(exception))
        {
            throw new BadHttpRequestException("The form is cut off: send it again.", exception);
        }
    }
}
