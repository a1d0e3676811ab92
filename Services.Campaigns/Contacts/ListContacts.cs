using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Services.Campaigns;

internal static class ListContacts
{
    // search: part of a name, without regard to case and accents, or of a number in any spelling.
    public static async Task<Results<Ok<Page<ContactAnswer>>, ValidationProblem>> HandleAsync(
        string? search, string? tag, string? sandbox, bool? optedOut, int? limit, string? cursor,
        CampaignsDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (PageRequest.Read(limit, cursor, out var page) is { } problem)
        {
            return problem;
        }

        var form = new FormReader();
        var (text, label) = (form.Optional("search", search, 100), form.Optional("tag", tag, 100));
        if (StateOf(sandbox) is null && !string.IsNullOrEmpty(sandbox))
        {
            form.Refuse("sandbox", "sandbox is joined, notJoined or unknown.");
        }

        if (!form.IsValid)
        {
            return form.Problem;
        }

        var now = clock.GetUtcNow();
        var contacts = text is null ? db.Contacts : Search(db, text);
        contacts = label is null ? contacts : contacts.Where(c => c.Tags.Contains(label));
        contacts = StateOf(sandbox) is { } state ? contacts.Where(Contact.IsAt(state, now)) : contacts;
        contacts = optedOut is { } wanted ? contacts.Where(c => c.OptedOutAt != null == wanted) : contacts;
        return TypedResults.Ok(await contacts.ToPageAsync(
            page, c => c.Id, c => ContactAnswer.Of(c, now), cancellationToken));
    }

    // Enums in a query are read in the spelling of C#, not in that of the API.
    private static SandboxState? StateOf(string? name) => name switch
    {
        "joined" => SandboxState.Joined,
        "notJoined" => SandboxState.NotJoined,
        "unknown" => SandboxState.Unknown,
        _ => null,
    };

    // fold() and names are in 0002_contacts.sql.
    private static IQueryable<Contact> Search(CampaignsDbContext db, string text) => NumberPart(text) is { } digits
        ? db.Contacts.Where(c => c.Phone.Contains(digits))
        : db.Contacts.FromSql($"select * from contacts where strpos(names, fold({text})) > 0");

    // 06 12 and +33 (0)6 12 both stand for 612 within +33612345678. Null for what cannot be a part of a number.
    private static string? NumberPart(string text)
    {
        var digits = string.Concat(text.Replace("(0)", "", StringComparison.Ordinal).Where(char.IsAsciiDigit));
        return digits.Length == 0 || text.Any(letter => !(char.IsAsciiDigit(letter) || PhoneNumber.IsSeparator(letter)
            || letter == '+'))
            ? null
            : digits.TrimStart('0') is { Length: > 0 } part ? part : digits;
    }
}
