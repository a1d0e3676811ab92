using System.Text.Json;
using Npgsql;

namespace Services.Campaigns;

internal enum Direction
{
    Inbound,
    Outbound,
}

/// <summary>Who wrote a line of a conversation, and on what occasion.</summary>
internal enum ThreadKind
{
    /// <summary>The person.</summary>
    Inbound,
    Message1,
    Message2,

    /// <summary>Somebody here, by hand.</summary>
    Reply,
}

/// <summary>One line of a conversation.</summary>
/// <param name="At">When it left or, if it has not, was written; of an inbound one when it came.</param>
/// <param name="Text">As the person sees it; null for what was erased, or is no longer kept.</param>
/// <param name="Status">Null of an inbound one.</param>
/// <param name="UserName">Who wrote it by hand.</param>
internal sealed record ThreadItem(
    Guid Id, Direction Direction, ThreadKind Kind, DateTimeOffset At, string? Text, MessageStatus? Status,
    MessageError? Error, Guid? CampaignId, string? CampaignName, DateTimeOffset? SentAt, DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt, DateTimeOffset? FailedAt, string? UserName)
{
    public const int ColumnCount = 16;

    /// <summary>Reads the columns of <see cref="ConversationRows.Thread"/>, from <paramref name="first"/> on.</summary>
    public static ThreadItem Read(NpgsqlDataReader row, Explain explain, int first = 0)
    {
        var kind = row.GetInt16(first + 1);
        return new(
            row.GetGuid(first), kind < 0 ? Direction.Inbound : Direction.Outbound,
            kind < 0 ? ThreadKind.Inbound : Enum.Parse<ThreadKind>(((MessageKind)kind).ToString()),
            row.GetFieldValue<DateTimeOffset>(first + 2), Rendered(),
            row.IsDBNull(first + 6) ? null : (MessageStatus)row.GetInt16(first + 6), explain.Error(Text(7), Text(15)),
            row.IsDBNull(first + 8) ? null : row.GetGuid(first + 8), Text(9), At(10), At(11), At(12), At(13), Text(14));

        string? Text(int column) => row.IsDBNull(first + column) ? null : row.GetString(first + column);

        DateTimeOffset? At(int column) =>
            row.IsDBNull(first + column) ? null : row.GetFieldValue<DateTimeOffset>(first + column);

        string? Rendered()
        {
            if (Text(3) is { } written || Text(4) is not { } json || Text(5) is not { } body)
            {
                return Text(3);
            }

            var values = JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
            return MessageText.Parse(body).Render(name => values.GetValueOrDefault(name));
        }
    }
}
