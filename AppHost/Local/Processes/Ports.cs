using System.Net;
using System.Net.Sockets;

namespace AppHost;

/// <summary>Free ports on the loopback interface.</summary>
internal static class Ports
{
    // Below the ports that Linux gives to outgoing connections (from 32768), so that none of those can take a port
    // while the process it was chosen for restarts.
    private const int First = 20_000;
    private const int Last = 32_767;

    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last + 1);
            if (IsFree(port))
            {
                return port;
            }
        }
    }

    /// <summary>Whether a server could listen there, on both loopback addresses.</summary>
    public static bool IsFree(int port) =>
        CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // As servers do: a port whose last connections are still winding down is free.
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen();
            return true;
        }
        catch (SocketException exception)
        {
            // A machine can know IPv6 and have no address of it.
            return exception.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
