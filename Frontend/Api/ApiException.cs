namespace Frontend;

/// <summary>The API refused, or did not answer.</summary>
public sealed class ApiException(
    int? status, string? detail, IReadOnlyDictionary<string, string[]>? errors = null, Exception? cause = null)
    : Exception(detail ?? $"The API answered {status}.", cause)
{
    /// <summary>Null if nothing answered.</summary>
    public int? Status => status;

    /// <summary>What the API says is wrong, in a sentence.</summary>
    public string? Detail => detail;

    /// <summary>By the name of the field, e.g. <c>message1.variables.1</c>.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors ?? new Dictionary<string, string[]>();

    /// <summary>The way to the sign-in has begun: nothing needs to be said.</summary>
    public bool IsSignedOut => status == StatusCodes.Status401Unauthorized;

    public bool IsNotFound => status == StatusCodes.Status404NotFound;

    /// <summary>It may work in a moment.</summary>
    public bool MayPass => status is null or >= 500 or StatusCodes.Status429TooManyRequests;
}
