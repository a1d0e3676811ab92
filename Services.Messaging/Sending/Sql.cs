using Npgsql;
using NpgsqlTypes;

namespace Services.Messaging;

/// <summary>Commands with positional parameters; a null takes the type of its place.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        With(database.CreateCommand(sql), values);

    public static NpgsqlCommand Command(this NpgsqlTransaction transaction, string sql, params object?[] values) =>
        With(new(sql, transaction.Connection, transaction), values);

    private static NpgsqlCommand With(NpgsqlCommand command, object?[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown }
                : new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
