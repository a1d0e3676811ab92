using System.ComponentModel.DataAnnotations;
using Npgsql;
using ServiceDefaults;

namespace Services.Campaigns;

/// <summary>How long the words of messages are kept (section <c>Texts</c>).</summary>
internal sealed record TextOptions
{
    /// <summary>Empty: as long as the contact.</summary>
    [Range(1, 3650, ErrorMessage = "Texts:KeepDays is a number of days from 1 to 3650; leave it empty to keep texts.")]
    public int? KeepDays { get; set; }
}

/// <summary>
/// Forgets the words of messages, theirs and ours, once they are old. What happened, when and to whom stays, and so does
/// every count.
/// </summary>
internal static class OldTexts
{
    private const int Chunk = 5000;

    /// <summary>
    /// WhatsApp keeps trying for 30 days at most, and what fails may have to be sent again until then.
    /// https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-messages
    /// </summary>
    private static readonly TimeSpan Undecided = TimeSpan.FromDays(31);

    public static async Task ForgetAsync(
        NpgsqlDataSource database, TextOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (options.KeepDays is not { } days)
        {
            return;
        }

        var before = now - TimeSpan.FromDays(days);
        await database.ExecuteInChunksAsync("""
            update interactions set text = null, profile_name = null where id in (
                select id from interactions where received_at < $2 and text is not null
                order by id limit $1 for update skip locked)
            """, Chunk, cancellationToken, before);
        // What was made later has a greater id, and left later too.
        await database.ExecuteInChunksAsync("""
            update messages set text = null, variables = null where id in (
                select id from messages m
                where id < $3 and coalesce(sent_at, created_at) < $2 and (text is not null or variables is not null)
                    and (status > 4 or (status = 4 and sent_at < $4))
                order by id limit $1 for update skip locked)
            """, Chunk, cancellationToken, before, Guid.CreateVersion7(before), now - Undecided);
    }
}
