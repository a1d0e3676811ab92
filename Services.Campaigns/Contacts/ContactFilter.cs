using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>Which contacts somebody wants to see.</summary>
/// <param name="Search">Part of a name, without regard to case and accents, or of a number in any spelling.</param>
/// <param name="Where">What the segment says.</param>
internal sealed partial record ContactFilter(
    string? Search, string? Tag, SandboxState? Sandbox, bool? OptedOut, Condition? Where)
{
    /// <summary>Null if it is wrong, which <paramref name="form"/> tells.</summary>
    public static async Task<ContactFilter?> ReadAsync(
        string? search, string? tag, string? sandbox, bool? optedOut, Guid? segmentId, FormReader form,
        CampaignsDbContext db, CancellationToken cancellationToken)
    {
        var segment = segmentId is not { } id ? null
            : await db.Segments.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
        if (segmentId is not null && segment is null)
        {
            form.Refuse("segmentId", new Remedy(
                $"There is no segment with the id {segmentId}.",
                "Ce segment n’existe pas ou plus : choisissez-en un autre."));
        }

        var filter = new ContactFilter(
            form.Optional("search", search, 100), form.Optional("tag", tag, 100),
            form.Choice<SandboxState>("sandbox", sandbox), optedOut, segment?.Where);
        return form.IsValid ? filter : null;
    }

    /// <summary>As far as this they are counted one by one.</summary>
    public const long MostCounted = 100_000;

    /// <summary>Everybody.</summary>
    public bool IsEmpty => this == new ContactFilter(null, null, null, null, null);

    /// <summary>How many there are; one more than <see cref="MostCounted"/> stands for however many more.</summary>
    public async Task<long> CountAsync(
        CampaignsDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        IsEmpty
            ? await db.Database.SqlQuery<long>($"select sum(n)::bigint as \"Value\" from contact_counts")
                .SingleAsync(cancellationToken)
            : await Apply(db, now).Select(c => c.Id).Take((int)MostCounted + 1).LongCountAsync(cancellationToken);

    public IQueryable<Contact> Apply(CampaignsDbContext db, DateTimeOffset now)
    {
        var contacts = Where is null ? db.Contacts : Of(db, Where, now);
        contacts = Search is null ? contacts : Found(contacts, Search);
        contacts = Tag is null ? contacts : contacts.Where(c => c.Tags.Contains(Tag));
        contacts = Sandbox is { } state ? contacts.Where(Contact.IsAt(state, now)) : contacts;
        return OptedOut is { } wanted ? contacts.Where(c => c.OptedOutAt != null == wanted) : contacts;
    }

    private static IQueryable<Contact> Found(IQueryable<Contact> contacts, string text)
    {
        var (digits, names) = (NumberPart(text), Folded.Of(text));
        return digits is null
            ? contacts.Where(c => c.Names.Contains(names)) : contacts.Where(c => c.Phone.Contains(digits));
    }

    private static IQueryable<Contact> Of(CampaignsDbContext db, Condition condition, DateTimeOffset now)
    {
        var values = new SqlParameters();
        var sql = $"select * from contacts c where {ConditionSql.Of(condition, now, values)}"
            .Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        // Entity Framework takes the values of $1, $2 … as {0}, {1} …
        return db.Contacts.FromSqlRaw(
            Placeholder().Replace(
                sql, match => $"{{{int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1}}}"),
            values.ToArray()!);
    }

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Placeholder();

    /// <summary>
    /// 06 12 and +33 (0)6 12 both stand for 612 within +33612345678. Null for what cannot be a part of a number.
    /// </summary>
    internal static string? NumberPart(string text)
    {
        var digits = string.Concat(text.Replace("(0)", "", StringComparison.Ordinal).Where(char.IsAsciiDigit));
        return digits.Length == 0 || text.Any(letter => !(char.IsAsciiDigit(letter) || PhoneNumber.IsSeparator(letter)
            || letter == '+'))
            ? null
            : digits.TrimStart('0') is { Length: > 0 } part ? part : digits;
    }
}
