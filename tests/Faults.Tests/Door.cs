using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Faults.Tests;

/// <summary>The provider's door: a way to it that can be slow and can be shut.</summary>
internal sealed class Door : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, Task> _visits = [];
    private readonly Uri _behind;
    private readonly Task _serving;

    public Door(Uri behind)
    {
        _behind = behind;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Each piece of a request waits up to this long, at random.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Who is inside is thrown out, who comes is sent away.</summary>
    public bool Shut
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                foreach (var visitor in _visits.Keys)
                {
                    visitor.Dispose();
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Shut = true;
        await _serving;
        await Task.WhenAll(_visits.Values);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            TcpClient visitor;
            try
            {
                visitor = await _listener.AcceptTcpClientAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (Shut)
            {
                visitor.Dispose();
            }
            else
            {
                _visits[visitor] = Task.Run(() => VisitAsync(visitor));
            }
        }
    }

    private async Task VisitAsync(TcpClient visitor)
    {
        using var inside = new TcpClient { NoDelay = true };
        try
        {
            visitor.NoDelay = true;
            await inside.ConnectAsync(_behind.Host, _behind.Port);
            await Task.WhenAny(
                PassAsync(visitor.GetStream(), inside.GetStream(), () => Delay),
                PassAsync(inside.GetStream(), visitor.GetStream(), () => TimeSpan.Zero));
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            // One side is gone: the other goes too.
        }
        finally
        {
            visitor.Dispose();
            _visits.TryRemove(visitor, out _);
        }
    }

    private static async Task PassAsync(NetworkStream from, NetworkStream to, Func<TimeSpan> longest)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer) is > 0 and var read)
            {
                if (longest() is var delay && delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay * Random.Shared.NextDouble(), TimeProvider.System);
                }

                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // Hung up.
        }
    }
}
