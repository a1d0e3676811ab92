using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>A wire to a real server that can be cut: connections break, new ones are refused until mended.</summary>
public sealed class Relay : IDisposable
{
    private readonly ConcurrentDictionary<TcpClient, byte> _open = [];
    private readonly string _host;
    private readonly int _port;
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private volatile bool _whole;

    public Relay(string host, int port)
    {
        (_host, _port) = (host, port);
        Mend();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>A relay that is cut from the beginning.</summary>
    public static Relay Broken(string host, int port)
    {
        var relay = new Relay(host, port);
        relay.Cut();
        return relay;
    }

    public void Mend()
    {
        _listener = new(IPAddress.Loopback, Port);
        _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Start();
        _whole = true;
        _ = AcceptAsync(_listener);
    }

    public void Cut()
    {
        _whole = false;
        _listener.Stop();
        foreach (var client in _open.Keys)
        {
            client.Close();
        }

        _open.Clear();
    }

    public void Dispose() => Cut();

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ConnectAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await far.ConnectAsync(_host, _port);
                _open[near] = _open[far] = 0;
                if (_whole)
                {
                    await Task.WhenAny(
                        near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // Cut, or closed at one end.
            }
        }
    }
}
