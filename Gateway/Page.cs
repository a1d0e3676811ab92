namespace Gateway;

/// <summary>A part of a list: <c>nextCursor</c> asks for what follows, and is null at the end.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor, long Total)
{
    public const int Longest = 500;

    public const string LimitRemedy = "limit must be between 1 and 500.";

    /// <summary>The page of <paramref name="found"/>, which holds one more than asked for if there are more.</summary>
    public static Page<T> Of(IReadOnlyList<T> found, long total, int limit, Func<T, Guid> id) =>
        found.Count > limit
            ? new([.. found.Take(limit)], id(found[limit - 1]).ToString(), total)
            : new(found, null, total);
}
