using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StreamEtl.Aws.Tests.Faults;

/// <summary>
/// Stands between a client and a real server on loopback and hurts some of the requests. It passes bytes on as they are, so signatures stay valid, and understands of HTTP only
/// where messages end.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int BlockBytes = 64 << 10;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly int _server;
    private readonly Func<string, Fault> _choose;
    private readonly Task _accepting;
    private readonly ConcurrentDictionary<Fault, int> _counts = new();

    /// <summary>Listens; <paramref name="choose"/> sees each request's line (<c>PUT /bucket/key?query HTTP/1.1</c>) and is asked for one at a time.</summary>
    public FaultProxy(int server, Func<string, Fault> choose)
    {
        _server = server;
        _choose = choose;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>How long a stalled request is left without an answer: longer than the client's patience.</summary>
    public TimeSpan StallFor { get; init; } = TimeSpan.FromSeconds(2);

    public int Requests => _counts.Values.Sum();

    public IReadOnlyDictionary<Fault, int> Counts => _counts;

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopped.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptSocketAsync(_stopped.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        client.NoDelay = true;
        using var server = new TcpClient { NoDelay = true };
        bool reset = false;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _server, _stopped.Token);
            await using var near = new NetworkStream(client, ownsSocket: false);
            await using NetworkStream far = server.GetStream();
            while (await ReadHeadAsync(near) is { } head)
            {
                Fault fault;
                lock (_choose)
                {
                    fault = _choose(head.Split("\r\n", 2)[0]);
                }
                _counts.AddOrUpdate(fault, 1, (_, n) => n + 1);
                reset = fault is Fault.ResetBefore or Fault.LostAnswer or Fault.ResetWithin;
                if (!await PassAsync(head, fault, near, far))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client gave up, or the proxy ends.
        }
        finally
        {
            if (reset)
            {
                // Sends RST where a plain close would send FIN.
                client.LingerState = new LingerOption(enable: true, 0);
            }
            client.Dispose();
        }
    }

    /// <summary>One request and its answer; false: the connection ends.</summary>
    private async Task<bool> PassAsync(string head, Fault fault, NetworkStream near, NetworkStream far)
    {
        long length = long.Parse(Header(head, "content-length") ?? "0", CultureInfo.InvariantCulture);
        bool arrives = fault is not (Fault.InternalError or Fault.SlowDown or Fault.Stall or Fault.ResetBefore);
        if (arrives)
        {
            await far.WriteAsync(System.Text.Encoding.Latin1.GetBytes(head), _stopped.Token);
        }
        if (Header(head, "expect") is not null)
        {
            await near.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _stopped.Token);
        }
        await CopyAsync(near, arrives ? far : Stream.Null, length);
        switch (fault)
        {
            case Fault.InternalError:
                return await AnswerAsync(near, 500, "InternalError");
            case Fault.SlowDown:
                return await AnswerAsync(near, 503, "SlowDown");
            case Fault.Stall:
                await Task.Delay(StallFor, _stopped.Token);
                return false;
            case Fault.ResetBefore:
                return false;
            default:
                return await AnswerAsync(head, fault, near, far);
        }
    }

    private async Task<bool> AnswerAsync(string request, Fault fault, NetworkStream near, NetworkStream far)
    {
        string? head;
        do
        {
            head = await ReadHeadAsync(far);
        } while (head?.StartsWith("HTTP/1.1 100", StringComparison.Ordinal) == true);
        if (head is null)
        {
            return false;
        }
        bool hasBody = !request.StartsWith("HEAD ", StringComparison.Ordinal) && head[9..12] is not ("204" or "304");
        using var body = new MemoryStream();
        if (hasBody && Header(head, "transfer-encoding") is not null)
        {
            await ReadChunksAsync(far, body);
        }
        else if (hasBody)
        {
            await CopyAsync(far, body, long.Parse(Header(head, "content-length") ?? "0", CultureInfo.InvariantCulture));
        }
        ReadOnlyMemory<byte> bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        switch (fault)
        {
            case Fault.LostAnswer:
                return false;
            case Fault.StallAfter:
                await Task.Delay(StallFor, _stopped.Token);
                return false;
            case Fault.ErrorAfter:
                return await AnswerAsync(near, 500, "InternalError");
            case Fault.Truncated or Fault.ResetWithin:
                await near.WriteAsync(System.Text.Encoding.Latin1.GetBytes(head), _stopped.Token);
                await near.WriteAsync(bytes[..(bytes.Length / 2)], _stopped.Token);
                await near.FlushAsync(_stopped.Token);
                return false;
            default:
                await near.WriteAsync(System.Text.Encoding.Latin1.GetBytes(head), _stopped.Token);
                await near.WriteAsync(bytes, _stopped.Token);
                return true;
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream near, int status, string code)
    {
        string body = $"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>";
        string answer =
            $"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await near.WriteAsync(System.Text.Encoding.Latin1.GetBytes(answer), _stopped.Token);
        return false;
    }

    /// <summary>A message up to its empty line; null when the connection ends before one begins.</summary>
    private async Task<string?> ReadHeadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one, _stopped.Token) > 0)
        {
            text.Append((char)one[0]);
            if (one[0] == '\n' && text.Length > 3 && text[^2] == '\r' && text[^3] == '\n')
            {
                return text.ToString();
            }
        }
        return null;
    }

    private async Task CopyAsync(NetworkStream from, Stream to, long length)
    {
        byte[] block = new byte[BlockBytes];
        while (length > 0)
        {
            int count = await from.ReadAsync(block.AsMemory(0, (int)Math.Min(block.Length, length)), _stopped.Token);
            if (count == 0)
            {
                throw new IOException("ended early");
            }
            await to.WriteAsync(block.AsMemory(0, count), _stopped.Token);
            length -= count;
        }
    }

    private async Task ReadChunksAsync(NetworkStream from, MemoryStream to)
    {
        while (true)
        {
            string line = await ReadLineAsync(from);
            to.Write(System.Text.Encoding.Latin1.GetBytes(line));
            int size = int.Parse(line.AsSpan().TrimEnd().ToString().Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await CopyAsync(from, to, size + 2);
            if (size == 0)
            {
                return;
            }
        }
    }

    private async Task<string> ReadLineAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        byte[] one = new byte[1];
        while (text.Length == 0 || text[^1] != '\n')
        {
            if (await stream.ReadAsync(one, _stopped.Token) == 0)
            {
                throw new IOException("ended early");
            }
            text.Append((char)one[0]);
        }
        return text.ToString();
    }

    private static string? Header(string head, string name)
    {
        foreach (string line in head.Split("\r\n").Skip(1))
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line.AsSpan(0, colon).Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return line[(colon + 1)..].Trim();
            }
        }
        return null;
    }
}
