using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests;

/// <summary>A line to a server that can be cut and mended.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HashSet<TcpClient> _open = [];
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private bool _cut;

    public Relay(string host, int port)
    {
        (_host, _port) = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut()
    {
        lock (_open)
        {
            _cut = true;
            foreach (var client in _open)
            {
                client.Dispose();
            }

            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_open)
        {
            _cut = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync();
            var server = new TcpClient();
            lock (_open)
            {
                if (_cut)
                {
                    client.Dispose();
                    continue;
                }

                _open.Add(client);
                _open.Add(server);
            }

            _ = PassAsync(client, server);
        }
    }

    private async Task PassAsync(TcpClient client, TcpClient server)
    {
        using (client)
        using (server)
        {
            await server.ConnectAsync(_host, _port);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
    }
}
