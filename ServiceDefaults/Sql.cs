using Npgsql;
using NpgsqlTypes;

namespace ServiceDefaults;

/// <summary>Commands with positional parameters; a null takes the type of its place.</summary>
public static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        With(database.CreateCommand(sql), values);

    public static NpgsqlCommand Command(this NpgsqlTransaction transaction, string sql, params object?[] values) =>
        With(new(sql, transaction.Connection, transaction), values);

    public static async Task<int> ExecuteAsync(
        this NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = transaction.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Says a statement again, each time in a transaction of its own, until it changes fewer rows than
    /// <paramref name="chunk"/>, which is its first parameter.
    /// </summary>
    public static async Task ExecuteInChunksAsync(
        this NpgsqlDataSource database, string sql, int chunk, CancellationToken cancellationToken,
        params object?[] values)
    {
        int changed;
        do
        {
            await using var command = database.Command(sql, [chunk, .. values]);
            changed = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        while (changed == chunk);
    }

    /// <summary>The first column of the first row; default if there is none or it is null.</summary>
    public static async Task<T?> ScalarAsync<T>(
        this NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = transaction.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    private static NpgsqlCommand With(NpgsqlCommand command, object?[] values)
    {
        if (values.GetType() != typeof(object[]))
        {
            values = [values]; // a lone string[] is one value, although C# hands it over as if it were all of them
        }

        command.Parameters.AddRange(Array.ConvertAll(values, Parameter));
        return command;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Unknown },
        Json json => new() { Value = json.Text, NpgsqlDbType = NpgsqlDbType.Jsonb },
        _ => new() { Value = value },
    };

    /// <summary>A value for a jsonb parameter.</summary>
    public sealed record Json(string Text);
}
