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
        var contacts = Found(db, now);
        contacts = Tag is null ? contacts : contacts.Where(c => c.Tags.Contains(Tag));
        contacts = Sandbox is { } state ? contacts.Where(Contact.IsAt(state, now)) : contacts;
        return OptedOut is { } wanted ? contacts.Where(c => c.OptedOutAt != null == wanted) : contacts;
    }

    // By what Entity Framework cannot say. fold() and names are in 0002_contacts.sql.
    private IQueryable<Contact> Found(CampaignsDbContext db, DateTimeOffset now)
    {
        var (values, digits) = (new SqlParameters(), Search is null ? null : NumberPart(Search));
        List<string> conditions = [];
        if (Search is not null && digits is null)
        {
            conditions.Add($"strpos(c.names, fold({values.Add(Search)}::text)) > 0");
        }

        if (Where is not null)
        {
            conditions.Add(ConditionSql.Of(Where, now, values));
        }

        // Entity Framework takes the values of $1, $2 … as {0}, {1} …
        var sql = Placeholder().Replace(
            $"select * from contacts c where {string.Join(" and ", conditions)}"
                .Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal),
            match => $"{{{int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1}}}");
        var contacts = conditions.Count == 0 ? db.Contacts : db.Contacts.FromSqlRaw(sql, values.ToArray()!);
        return digits is null ? contacts : contacts.Where(c => c.Phone.Contains(digits));
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
