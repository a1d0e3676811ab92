namespace Services.Campaigns;

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
