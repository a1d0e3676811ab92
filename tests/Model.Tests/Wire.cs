using System.Reflection;
using MassTransit;

namespace Model.Tests;

/// <summary>Something that was published and that one consumer has not taken yet.</summary>
internal sealed record Parcel(object Message, Func<CancellationToken, Task> ConsumeAsync);

/// <summary>
/// The broker as its worst: what is published arrives at least once, at any time and in any order. Only what the
/// consumers see of a delivery is real: the message and a token.
/// </summary>
internal sealed class Wire
{
    private readonly List<Parcel> _parcels = [];

    public int Count => _parcels.Count;

    public void Put<T>(T message, params Func<IConsumer<T>>[] consumers)
        where T : class
    {
        foreach (var consumer in consumers)
        {
            _parcels.Add(new(message, token => consumer().Consume(Delivery(message, token))));
        }
    }

    /// <summary>Any of them; a copy may stay on the way.</summary>
    public Parcel? Take(int pick, bool keep)
    {
        if (_parcels.Count == 0)
        {
            return null;
        }

        var index = pick % _parcels.Count;
        var parcel = _parcels[index];
        if (!keep)
        {
            _parcels.RemoveAt(index);
        }

        return parcel;
    }

    public void Clear() => _parcels.Clear();

    public void GiveBack(Parcel parcel) => _parcels.Add(parcel);

    private static ConsumeContext<T> Delivery<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        var context = DispatchProxy.Create<ConsumeContext<T>, Delivery<T>>();
        ((Delivery<T>)(object)context).Fill(message, cancellationToken);
        return context;
    }
}

/// <summary>A delivery: our consumers read nothing of it but these two.</summary>
public class Delivery<T> : DispatchProxy
    where T : class
{
    private T? _message;
    private CancellationToken _cancellationToken;

    internal void Fill(T message, CancellationToken cancellationToken) =>
        (_message, _cancellationToken) = (message, cancellationToken);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod?.Name switch
    {
        "get_Message" => _message,
        "get_CancellationToken" => _cancellationToken,
        var other => throw new NotSupportedException($"The wire does not know {other}."),
    };
}
