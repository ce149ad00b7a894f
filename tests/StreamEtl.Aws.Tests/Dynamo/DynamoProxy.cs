using System.Net;
using StreamEtl.Aws.Tests.Servers;

namespace StreamEtl.Aws.Tests.Dynamo;

/// <summary>
/// Stands before the DynamoDB server and fails a share of the requests, by a seed: throttled, refused as failing inside, cut off before the server sees them, done by the server but
/// their answer lost, or answered too late.
/// </summary>
internal sealed class DynamoProxy : IDisposable
{
    private const string Throttled =
        """{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"slow down"}""";
    private const string Broken = """{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"broken"}""";

    private readonly HttpListener _listener = new();
    private readonly HttpClient _client = new();
    private readonly Random _random;
    private readonly double _share;

    public DynamoProxy(int seed, double share)
    {
        (_random, _share) = (new Random(seed), share);
        Endpoint = $"http://127.0.0.1:{DynamoServer.FreePort()}";
        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Endpoint { get; }

    public int Requests { get; private set; }

    /// <summary>Faults injected, by kind: throttled, broken, cut off, answer lost.</summary>
    public int[] Faults { get; } = new int[4];

    public void Dispose()
    {
        _listener.Close();
        _client.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => HandleAsync(context));
        }
    }

    private async Task HandleAsync(HttpListenerContext context)
    {
        int fault;
        lock (_random)
        {
            Requests++;
            fault = _random.NextDouble() < _share ? _random.Next(Faults.Length) : -1;
            if (fault >= 0)
            {
                Faults[fault]++;
            }
        }
        try
        {
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            switch (fault)
            {
                case 0:
                    await AnswerAsync(context, 400, System.Text.Encoding.UTF8.GetBytes(Throttled));
                    return;
                case 1:
                    await AnswerAsync(context, 500, System.Text.Encoding.UTF8.GetBytes(Broken));
                    return;
                case 2:
                    context.Response.Abort();
                    return;
            }
            using HttpResponseMessage answer = await ForwardAsync(context.Request, body.ToArray());
            byte[] content = await answer.Content.ReadAsByteArrayAsync();
            if (fault == 3)
            {
                context.Response.Abort();
                return;
            }
            await AnswerAsync(context, (int)answer.StatusCode, content);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or HttpRequestException or IOException)
        {
            context.Response.Abort();
        }
    }

    private async Task<HttpResponseMessage> ForwardAsync(HttpListenerRequest request, byte[] body)
    {
        using var forwarded = new HttpRequestMessage(HttpMethod.Post, DynamoServer.Instance.Endpoint)
        {
            Content = new ByteArrayContent(body),
        };
        foreach (string name in new[] { "X-Amz-Target", "Authorization", "X-Amz-Date", "X-Amz-Content-SHA256", "amz-sdk-invocation-id" })
        {
            if (request.Headers[name] is { } value)
            {
                forwarded.Headers.TryAddWithoutValidation(name, value);
            }
        }
        forwarded.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        return await _client.SendAsync(forwarded);
    }

    private static async Task AnswerAsync(HttpListenerContext context, int status, byte[] content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        context.Response.ContentLength64 = content.Length;
        await context.Response.OutputStream.WriteAsync(content);
        context.Response.Close();
    }
}
