using Npgsql;
using NpgsqlTypes;

namespace Services.Campaigns;

/// <summary>Short forms for SQL with positional parameters.</summary>
internal static class Sql
{
    public static NpgsqlCommand Command(this NpgsqlTransaction transaction, string sql, params object?[] values)
    {
        var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        command.Parameters.AddRange(Array.ConvertAll(values, Parameter));
        return command;
    }

    public static async Task<int> ExecuteAsync(
        this NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = transaction.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The first column of the first row; default if there is none or it is null.</summary>
    public static async Task<T?> ScalarAsync<T>(
        this NpgsqlTransaction transaction, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = transaction.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    private static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
        Json json => new() { Value = json.Text, NpgsqlDbType = NpgsqlDbType.Jsonb },
        _ => new() { Value = value },
    };

    /// <summary>A value for a jsonb parameter.</summary>
    public sealed record Json(string Text);
}

/// <summary>Collects the parameters of a statement that is put together from parts.</summary>
internal sealed class SqlParameters
{
    private readonly List<object?> _values = [];

    /// <summary>Adds the value and returns its placeholder.</summary>
    public string Add(object? value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    public object?[] ToArray() => [.. _values];
}
