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

    private readonly LoopbackServer _server;
    private readonly HttpClient _client = new();
    private readonly Random _random;
    private readonly double _share;

    public DynamoProxy(int seed, double share)
    {
        (_random, _share) = (new Random(seed), share);
        _server = new LoopbackServer(AnswerAsync);
    }

    public string Endpoint => _server.Endpoint;

    public int Requests { get; private set; }

    /// <summary>Faults injected, by kind: throttled, broken, cut off, answer lost.</summary>
    public int[] Faults { get; } = new int[4];

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    private async Task<(int Status, byte[] Body)?> AnswerAsync(HttpListenerRequest request, byte[] body)
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
        if (fault is >= 0 and < 3)
        {
            return fault == 0 ? (400, System.Text.Encoding.UTF8.GetBytes(Throttled))
                : fault == 1 ? (500, System.Text.Encoding.UTF8.GetBytes(Broken))
                : null;
        }
        using HttpResponseMessage answer = await ForwardAsync(request, body);
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        return fault == 3 ? null : ((int)answer.StatusCode, content);
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
}
