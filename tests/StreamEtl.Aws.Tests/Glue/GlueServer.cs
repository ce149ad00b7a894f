using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using StreamEtl.Aws.Tests.Servers;

namespace StreamEtl.Aws.Tests.Glue;

/// <summary>
/// A catalog on loopback that keeps tables and partitions, and refuses every request whose signature (AWS Signature Version 4, computed here anew from the bytes that came in) is not
/// that of its secret.
/// </summary>
internal sealed class GlueServer : IDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentDictionary<string, JsonElement> _tables = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonElement> _partitions = new(StringComparer.Ordinal);
    private int _faults;

    public GlueServer() =>
        _server = new LoopbackServer(
            (request, body) =>
            {
                (int status, object answer) = Answer(request, body);
                return Task.FromResult<(int, byte[])?>((status, JsonSerializer.SerializeToUtf8Bytes(answer)));
            }
        );

    public string Endpoint => _server.Endpoint;

    /// <summary>Every request taken: operation and content.</summary>
    public ConcurrentQueue<(string Operation, JsonElement Content)> Requests { get; } = [];

    /// <summary>How many of the next requests are throttled.</summary>
    public int Throttled
    {
        set => _faults = value;
    }

    public JsonElement? Partition(string database, string table, params string[] values) =>
        _partitions.TryGetValue($"{database}.{table}.{string.Join('/', values)}", out JsonElement found) ? found : null;

    public void AddTable(string database, string name, string location, params string[] keys) =>
        _tables[$"{database}.{name}"] = JsonSerializer.SerializeToElement(
            new
            {
                Name = name,
                DatabaseName = database,
                PartitionKeys = keys.Select(k => new { Name = k, Type = "string" }),
                StorageDescriptor = new { Location = location },
            }
        );

    public Func<string, string?> Variables(string endpoint) =>
        name =>
            name switch
            {
                "AWS_ENDPOINT_URL_GLUE" => endpoint,
                "AWS_REGION" => "sa-east-1",
                _ => null,
            };

    public void Dispose() => _server.Dispose();

    private (int Status, object Answer) Answer(HttpListenerRequest request, byte[] body)
    {
        if (!Signature.IsRight(request, body, "glue"))
        {
            return (400, new { __type = "InvalidSignatureException", message = "the signature is not right" });
        }
        if (Interlocked.Decrement(ref _faults) >= 0)
        {
            return (400, new { __type = "ThrottlingException", Message = "slow down" });
        }
        string operation = request.Headers["X-Amz-Target"]!["AWSGlue.".Length..];
        JsonElement content = JsonElement.Parse(body);
        Requests.Enqueue((operation, content));
        string database = content.GetProperty("DatabaseName").GetString()!;
        return operation switch
        {
            "GetTable" => _tables.TryGetValue($"{database}.{content.GetProperty("Name").GetString()}", out JsonElement table)
                ? (200, new { Table = table })
                : (400, new { __type = "EntityNotFoundException", Message = "no such table" }),
            "CreateTable" => _tables.TryAdd(
                $"{database}.{content.GetProperty("TableInput").GetProperty("Name").GetString()}",
                content.GetProperty("TableInput")
            )
                ? (200, new { })
                : (400, new { __type = "AlreadyExistsException", Message = "there is one" }),
            "GetPartition" => _partitions.TryGetValue(KeyOf(content, "PartitionValues"), out JsonElement partition)
                ? (200, new { Partition = partition })
                : (400, new { __type = "EntityNotFoundException", Message = "no such partition" }),
            "UpdatePartition" => Update(content),
            "BatchCreatePartition" => (200, new { Errors = Create(content).ToArray() }),
            _ => (400, new { __type = "UnknownOperationException" }),
        };
    }

    private (int Status, object Answer) Update(JsonElement content)
    {
        _partitions[KeyOf(content, "PartitionValueList")] = content.GetProperty("PartitionInput");
        return (200, new { });
    }

    private IEnumerable<object> Create(JsonElement content)
    {
        foreach (JsonElement partition in content.GetProperty("PartitionInputList").EnumerateArray())
        {
            string key =
                $"{content.GetProperty("DatabaseName")}.{content.GetProperty("TableName")}.{Joined(partition.GetProperty("Values"))}";
            if (!_partitions.TryAdd(key, partition))
            {
                yield return new
                {
                    PartitionValues = partition.GetProperty("Values"),
                    ErrorDetail = new { ErrorCode = "AlreadyExistsException", ErrorMessage = "there is one" },
                };
            }
        }
    }

    private static string KeyOf(JsonElement content, string values) =>
        $"{content.GetProperty("DatabaseName")}.{content.GetProperty("TableName")}.{Joined(content.GetProperty(values))}";

    private static string Joined(JsonElement values) => string.Join('/', values.EnumerateArray().Select(v => v.GetString()));
}
