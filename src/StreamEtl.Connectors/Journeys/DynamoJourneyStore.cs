using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using StreamEtl.Connectors.Dynamo;
using StreamEtl.Errors;

namespace StreamEtl.Connectors.Journeys;

/// <summary>
/// Journeys as items of a DynamoDB table, <c>journey_control</c> as a rule, whose primary key is <c>idempotency_key</c>. The attributes are those of <see cref="JourneyJson"/>, with
/// <c>metadata</c> and <c>result</c> as maps; <c>expiration</c> (seconds since 1970, for DynamoDB's time to live, where it is switched on) is there once a journey has ended. Every write is a
/// PutItem on the condition that the revision is the one before.
/// </summary>
internal sealed class DynamoJourneyStore(DynamoTable table, string name, TimeProvider time) : IJourneyStore
{
    /// <summary>The table's usual name.</summary>
    public const string UsualTable = "journey_control";

    private const string Key = "idempotency_key";

    /// <summary>Leases are renewed through here: a request that hangs must not take one with it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Reaches the table that a name says. Nothing is asked of it yet.</summary>
    public static DynamoJourneyStore Open(string name, Func<string, string?> variable, TimeProvider time) =>
        new(new DynamoTable(DynamoName.Parse(name, UsualTable), Key, variable, Patience), name, time);

    /// <inheritdoc/>
    public async ValueTask<JourneyRecord?> FindAsync(string key, CancellationToken cancellationToken) =>
        await table.FindAsync(key, cancellationToken).ConfigureAwait(false) is { } item ? ToRecord(item) : null;

    /// <inheritdoc/>
    public async ValueTask<bool> TryWriteAsync(JourneyRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        Dictionary<string, AttributeValue> item;
        using (JsonDocument document = JsonDocument.Parse(JourneyJson.Write(record)))
        {
            item = DynamoJson.ToItem(document.RootElement);
        }
        if (record.Status is JourneyStatus.Completed or JourneyStatus.Failed)
        {
            long expiration = (time.GetUtcNow() + ObjectJourneyStore.Kept).ToUnixTimeSeconds();
            item["expiration"] = new AttributeValue { N = expiration.ToString(CultureInfo.InvariantCulture) };
        }
        bool first = record.Revision == 1;
        return await table
            .TryPutAsync(
                item,
                first ? "attribute_not_exists(#k)" : "#r = :r",
                first ? new() { ["#k"] = Key } : new() { ["#r"] = "revision" },
                first ? [] : new() { [":r"] = new AttributeValue { N = (record.Revision - 1).ToString(CultureInfo.InvariantCulture) } },
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JourneyRecord> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (Dictionary<string, AttributeValue> item in table.ScanAsync(cancellationToken).ConfigureAwait(false))
        {
            JourneyRecord record;
            try
            {
                record = ToRecord(item);
            }
            catch (StreamEtlException e) when (e.Kind == ErrorKind.DamagedTable)
            {
                // A table that others write to as well may hold items of their own form.
                continue;
            }
            yield return record;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => table.DisposeAsync();

    private JourneyRecord ToRecord(Dictionary<string, AttributeValue> item) =>
        JourneyJson.Read(DynamoJson.ToJson(item, "metadata", "result"), name);
}
