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

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            // As servers do: a port whose last connections are still winding down is free.
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
