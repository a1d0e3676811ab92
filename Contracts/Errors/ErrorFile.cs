using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Contracts;

/// <summary>
/// The entries of one file. A code of theirs is a whole code; or a beginning that ends in <c>*</c>, where
/// <c>{rest}</c> in the texts is what the star stands for; or <c>#</c>, any number, which is then <c>{rest}</c>.
/// </summary>
internal sealed class ErrorFile
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    private const string AnyNumber = "#";

    private readonly FrozenDictionary<string, ProviderError> _codes;

    private readonly ProviderError? _anyNumber;

    private readonly ProviderError[] _beginnings;

    private ErrorFile(Entry[] entries)
    {
        Errors = [.. entries.SelectMany(entry => entry.Codes, (entry, code) => entry.ToError(code))];
        _codes = Errors.Where(error => !IsPattern(error)).ToFrozenDictionary(error => error.Code);
        _anyNumber = Errors.SingleOrDefault(error => error.Code == AnyNumber);
        _beginnings = [.. Errors.Where(IsBeginning).OrderByDescending(error => error.Code.Length)];
    }

    public IReadOnlyList<ProviderError> Errors { get; }

    /// <summary>All files by their names, which are the providers' names.</summary>
    public static FrozenDictionary<string, ErrorFile> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();

        return assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".json", StringComparison.Ordinal))
            .ToFrozenDictionary(name => Path.GetFileNameWithoutExtension(name), Read, StringComparer.OrdinalIgnoreCase);

        ErrorFile Read(string name)
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            return new ErrorFile(JsonSerializer.Deserialize<Entry[]>(stream, Format)!);
        }
    }

    public ProviderError? Find(string code)
    {
        if (_codes.TryGetValue(code, out var known))
        {
            return known;
        }

        if (_anyNumber is not null && code.Length > 0 && code.All(char.IsAsciiDigit))
        {
            return About(_anyNumber, code, rest: code);
        }

        foreach (var beginning in _beginnings)
        {
            var stem = beginning.Code.AsSpan(..^1);

            if (code.Length > stem.Length && code.AsSpan().StartsWith(stem, StringComparison.Ordinal))
            {
                return About(beginning, code, code[stem.Length..]);
            }
        }

        return null;
    }

    private static bool IsBeginning(ProviderError error) => error.Code.EndsWith('*');

    private static bool IsPattern(ProviderError error) => IsBeginning(error) || error.Code == AnyNumber;

    private static ProviderError About(ProviderError error, string code, string rest)
    {
        return error with { Code = code, English = Complete(error.English), French = Complete(error.French) };

        ErrorText Complete(ErrorText text) => new(
            text.Title.Replace("{rest}", rest),
            text.Explanation.Replace("{rest}", rest),
            text.Action.Replace("{rest}", rest));
    }

    private sealed record Entry(
        string[] Codes, RetryAdvice Retry, ErrorActor Actor, Text En, Text Fr, bool StopsSender = false)
    {
        public ProviderError ToError(string code) => new(code, Retry, Actor, StopsSender, En.ToText(), Fr.ToText());
    }

    private sealed record Text(string Title, string Explanation, string Action, string? ActionWithJoinCode = null)
    {
        public ErrorText ToText() => ActionWithJoinCode is null
            ? new ErrorText(Title, Explanation, Action)
            : new ErrorText(Title, Explanation, Action) { Join = new JoinAction(ActionWithJoinCode, Action) }
                .Fill(number: null, joinCode: null);
    }
}
