using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

/// <summary>Which contacts somebody wants to see.</summary>
/// <param name="Search">Part of a name, without regard to case and accents, or of a number in any spelling.</param>
internal sealed record ContactFilter(string? Search, string? Tag, SandboxState? Sandbox, bool? OptedOut)
{
    /// <summary>Null if it is wrong, which <paramref name="form"/> tells.</summary>
    public static ContactFilter? Read(string? search, string? tag, string? sandbox, bool? optedOut, FormReader form)
    {
        var filter = new ContactFilter(
            form.Optional("search", search, 100), form.Optional("tag", tag, 100),
            form.Choice<SandboxState>("sandbox", sandbox), optedOut);
        return form.IsValid ? filter : null;
    }

    /// <summary>As far as this they are counted one by one.</summary>
    public const long MostCounted = 100_000;

    /// <summary>Everybody.</summary>
    public bool IsEmpty => this == new ContactFilter(null, null, null, null);

    /// <summary>How many there are; one more than <see cref="MostCounted"/> stands for however many more.</summary>
    public async Task<long> CountAsync(
        CampaignsDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        IsEmpty
            ? await db.Database.SqlQuery<long>($"select sum(n)::bigint as \"Value\" from contact_counts")
                .SingleAsync(cancellationToken)
            : await Apply(db, now).Select(c => c.Id).Take((int)MostCounted + 1).LongCountAsync(cancellationToken);

    public IQueryable<Contact> Apply(CampaignsDbContext db, DateTimeOffset now)
    {
        var contacts = Search is null ? db.Contacts : Found(db, Search);
        contacts = Tag is null ? contacts : contacts.Where(c => c.Tags.Contains(Tag));
        contacts = Sandbox is { } state ? contacts.Where(Contact.IsAt(state, now)) : contacts;
        return OptedOut is { } wanted ? contacts.Where(c => c.OptedOutAt != null == wanted) : contacts;
    }

    private static IQueryable<Contact> Found(CampaignsDbContext db, string text) => NumberPart(text) is { } digits
        ? db.Contacts.Where(c => c.Phone.Contains(digits))
        : db.Contacts.Where(c => c.Names.Contains(Folded.Of(text)));

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
