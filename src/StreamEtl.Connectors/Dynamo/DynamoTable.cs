using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using StreamEtl.Connectors.Aws;

namespace StreamEtl.Connectors.Dynamo;

/// <summary>
/// One table of DynamoDB whose items are written whole, on a condition. Requests are tried again while that may help; a write whose answer was lost is looked after: each carries a name of
/// its own (<c>write_id</c>), by which it is known again.
/// </summary>
internal sealed class DynamoTable : IAsyncDisposable
{
    /// <summary>The attribute that tells one write of an item from every other.</summary>
    public const string WriteId = "write_id";

    private const int Attempts = 9;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly AmazonDynamoDBClient _client;
    private readonly string _key;
    private readonly bool _creates;
    private bool _exists;

    /// <summary>Reaches a table. Nothing is asked of it yet.</summary>
    /// <param name="name">The table.</param>
    /// <param name="key">The name of its primary key, a text.</param>
    /// <param name="variable">An environment variable; null when it is absent.</param>
    /// <param name="patience">Time that one answer may take.</param>
    public DynamoTable(DynamoName name, string key, Func<string, string?> variable, TimeSpan patience)
    {
        AwsSettings settings = AwsSettings.Read("DYNAMODB", variable);
        settings = settings with { Region = name.Region ?? settings.Region ?? DynamoName.UsualRegion };
        AmazonDynamoDBConfig config = settings.Fill(new AmazonDynamoDBConfig());
        config.Timeout = patience;
        _client = new AmazonDynamoDBClient(config);
        (Name, _key, _creates) = (name.Table, key, name.Creates);
    }

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>The item of a key, as it is now; null when there is none.</summary>
    public async ValueTask<Dictionary<string, AttributeValue>?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var request = new GetItemRequest
        {
            TableName = Name,
            Key = new Dictionary<string, AttributeValue> { [_key] = new() { S = key } },
            ConsistentRead = true,
        };
        GetItemResponse response = await CallAsync(token => _client.GetItemAsync(request, token), cancellationToken).ConfigureAwait(false);
        return response.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>Writes an item over the one there, where the condition holds of that one. False: it did not hold, and nothing was written.</summary>
    public async ValueTask<bool> TryPutAsync(
        Dictionary<string, AttributeValue> item,
        string condition,
        Dictionary<string, string> names,
        Dictionary<string, AttributeValue> values,
        CancellationToken cancellationToken
    )
    {
        string id = Guid.NewGuid().ToString("N");
        item[WriteId] = new AttributeValue { S = id };
        var request = new PutItemRequest
        {
            TableName = Name,
            Item = item,
            ConditionExpression = condition,
            ExpressionAttributeNames = names,
            ExpressionAttributeValues = values.Count > 0 ? values : null,
        };
        bool mayHaveWritten = false;
        try
        {
            await CallAsync(
                    token => _client.PutItemAsync(request, token),
                    cancellationToken,
                    e => mayHaveWritten |= !DynamoErrors.WasRefused(e)
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            // An earlier attempt of this very write, whose answer was lost, would have made the condition fail as well.
            return mayHaveWritten
                && await FindAsync(item[_key].S, cancellationToken).ConfigureAwait(false) is { } found
                && found.TryGetValue(WriteId, out AttributeValue? written)
                && written.S == id;
        }
    }

    /// <summary>Every item, in no order.</summary>
    public async IAsyncEnumerable<Dictionary<string, AttributeValue>> ScanAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var request = new ScanRequest { TableName = Name, ConsistentRead = true };
        do
        {
            ScanResponse page = await CallAsync(token => _client.ScanAsync(request, token), cancellationToken).ConfigureAwait(false);
            foreach (Dictionary<string, AttributeValue> item in page.Items ?? [])
            {
                yield return item;
            }
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        } while (request.ExclusiveStartKey is { Count: > 0 });
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A request, on a table that is made first where that is wanted and there is none, and with an error for users.</summary>
    private async Task<T> CallAsync<T>(
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken,
        Action<Exception>? failed = null
    )
    {
        try
        {
            try
            {
                return await TryAsync(call, cancellationToken, failed).ConfigureAwait(false);
            }
            catch (ResourceNotFoundException) when (_creates && !_exists)
            {
                await CreateAsync(cancellationToken).ConfigureAwait(false);
                _exists = true;
                return await TryAsync(call, cancellationToken, failed).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not ConditionalCheckFailedException && !cancellationToken.IsCancellationRequested)
        {
            throw DynamoErrors.From(e, Name);
        }
    }

    /// <summary>A request, made again while faults are of the kind that passes.</summary>
    private static async Task<T> TryAsync<T>(
        Func<CancellationToken, Task<T>> call,
        CancellationToken cancellationToken,
        Action<Exception>? failed = null
    )
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < Attempts && DynamoErrors.IsPassing(e, cancellationToken))
            {
                failed?.Invoke(e);
                double most = Math.Min(LongestPause.TotalSeconds, FirstPause.TotalSeconds * Math.Pow(2, attempt - 1));
                await Task.Delay(TimeSpan.FromSeconds(most * (0.5 + (Random.Shared.NextDouble() / 2))), cancellationToken)
                    .ConfigureAwait(false);
            }
        }
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var request = new CreateTableRequest
        {
            TableName = Name,
            BillingMode = BillingMode.PAY_PER_REQUEST,
            AttributeDefinitions = [new AttributeDefinition(_key, ScalarAttributeType.S)],
            KeySchema = [new KeySchemaElement(_key, KeyType.HASH)],
        };
        try
        {
            await TryAsync(token => _client.CreateTableAsync(request, token), cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceInUseException)
        {
            // Somebody else has just made it, or an attempt of ours whose answer was lost.
        }
        while (!await IsActiveAsync(cancellationToken).ConfigureAwait(false))
        {
            await Task.Delay(200, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsActiveAsync(CancellationToken cancellationToken)
    {
        DescribeTableResponse answer = await TryAsync(token => _client.DescribeTableAsync(Name, token), cancellationToken)
            .ConfigureAwait(false);
        return answer.Table.TableStatus == TableStatus.ACTIVE;
    }
}
