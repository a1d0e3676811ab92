using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Services.Webhooks;

namespace Benchmarks;

/// <summary>
/// Signed status callbacks, rendered beforehand, over plain sockets: on a machine that servers, broker and load share,
/// a client that costs more than the servers would hide the difference between them.
/// </summary>
internal sealed class Load(int port)
{
    public const string Exchange = "Contracts:StatusChanged";
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string Token = "0123456789abcdef0123456789abcdef";
    public const string PublicUrl = "https://campaigns.example.com";
    public static readonly byte[][] Origins = TwilioSignature.Origins(new(PublicUrl));

    private const int Connections = 32;

    /// <summary>A server that falls behind is not buried under new connections; the wait counts as its latency.</summary>
    private const int MostAtOnce = 256;

    private static readonly SignedRequest Signed = new(PublicUrl, AccountSid, Token);
    private static readonly byte[][] Requests = [.. Enumerable.Range(0, 2000).Select(number => Signed.Render(
        $"?m={new Guid(number, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10])}&a=1", $"SM{number:x32}", $"+3363999{number:0000}",
        "delivered"))];

    /// <summary>As many requests as the server answers, from 32 connections.</summary>
    public async Task<double> SaturateAsync(TimeSpan time)
    {
        var (answered, started) = (0, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            using var socket = await ConnectAsync();
            var buffer = new byte[4096];
            for (var i = connection; Stopwatch.GetElapsedTime(started) < time; i += Connections)
            {
                await ExchangeAsync(socket, Requests[i % Requests.Length], buffer);
                Interlocked.Increment(ref answered);
            }
        }));
        return answered / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>
    /// A steady stream; latencies count from when each request was due, so that a stall shows in all that it held up.
    /// </summary>
    public Task<double[]> StreamAsync(int perSecond, TimeSpan time) =>
        StreamAsync(perSecond, time, i => (Requests[i % Requests.Length], null));

    /// <param name="next">What goes next, and what its answer is told to.</param>
    public async Task<double[]> StreamAsync(
        int perSecond, TimeSpan time, Func<int, (byte[] Request, Action? Answered)> next)
    {
        var total = (int)(perSecond * time.TotalSeconds);
        var latencies = new double[total];
        var idle = new Queue<Socket>(); // in turn: the server closes those that are not used for two minutes
        var running = new List<Task>();
        using var room = new SemaphoreSlim(MostAtOnce);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            while (Stopwatch.GetElapsedTime(started) < due)
            {
                await timer.WaitForNextTickAsync();
            }

            await room.WaitAsync();
            running.Add(OneAsync(i, due));
        }

        await Task.WhenAll(running);
        idle.ToList().ForEach(socket => socket.Dispose());
        return latencies;

        async Task OneAsync(int i, TimeSpan due)
        {
            Socket? socket;
            lock (idle)
            {
                idle.TryDequeue(out socket);
            }

            socket ??= await ConnectAsync();
            var (request, answered) = next(i);
            await ExchangeAsync(socket, request, new byte[1024]);
            answered?.Invoke();
            latencies[i] = (Stopwatch.GetElapsedTime(started) - due).TotalMilliseconds;
            lock (idle)
            {
                idle.Enqueue(socket);
            }

            room.Release();
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task ExchangeAsync(Socket socket, byte[] request, byte[] buffer)
    {
        await socket.SendAsync(request);
        var length = 0;
        do
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The server has closed the connection.");
        }
        while (!IsComplete(buffer.AsSpan(0, length)));
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer) =>
        answer.Length < 12 || answer.StartsWith("HTTP/1.1 200"u8)
            ? answer.EndsWith("<Response/>"u8)
            : throw new InvalidOperationException($"Refused: {Encoding.ASCII.GetString(answer)}");
}
