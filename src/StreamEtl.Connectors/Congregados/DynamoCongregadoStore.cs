using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using StreamEtl.Connectors.Dynamo;

namespace StreamEtl.Connectors.Congregados;

/// <summary>
/// Congregados as items of a DynamoDB table, <c>congregado_data</c> as a rule, whose primary key is <c>id</c>. Every write is a PutItem on the condition that the item is of the write that was
/// seen; an item that another program has put has no <c>write_id</c>, and is told apart by <c>updated_at</c>.
/// </summary>
internal sealed class DynamoCongregadoStore(DynamoTable table, string name) : ICongregadoStore
{
    private const string Id = "id";
    private const string Updated = "updated_at";

    /// <summary>Time that an answer may take: an item is large, and no lease hangs on it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <inheritdoc/>
    public string Name => name;

    /// <summary>Reaches the table that a name says. Nothing is asked of it yet.</summary>
    public static DynamoCongregadoStore Open(string name, Func<string, string?> variable) =>
        new(new DynamoTable(DynamoName.Parse(name, CongregadoStores.UsualTable), Id, variable, Patience), name);

    /// <inheritdoc/>
    public async ValueTask<StoredCongregado?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await table.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } item)
        {
            return null;
        }
        string version = item.Remove(DynamoTable.WriteId, out AttributeValue? written) ? written.S : "";
        return new StoredCongregado(JsonElement.Parse(DynamoJson.ToJson(item)), version);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceAsync(string id, JsonElement item, StoredCongregado? seen, CancellationToken cancellationToken)
    {
        Dictionary<string, AttributeValue> attributes = DynamoJson.ToReadableItem(item);
        return seen switch
        {
            null => table.TryPutAsync(attributes, "attribute_not_exists(#i)", new() { ["#i"] = Id }, [], cancellationToken),
            { Version.Length: > 0 } => table.TryPutAsync(
                attributes,
                "#w = :w",
                new() { ["#w"] = DynamoTable.WriteId },
                new() { [":w"] = new AttributeValue { S = seen.Version } },
                cancellationToken
            ),
            _ when seen.Text(Updated) is { } updated => table.TryPutAsync(
                attributes,
                "attribute_not_exists(#w) AND #u = :u",
                new() { ["#w"] = DynamoTable.WriteId, ["#u"] = Updated },
                new() { [":u"] = new AttributeValue { S = updated } },
                cancellationToken
            ),
            _ => table.TryPutAsync(
                attributes,
                "attribute_exists(#i) AND attribute_not_exists(#w) AND attribute_not_exists(#u)",
                new()
                {
                    ["#i"] = Id,
                    ["#w"] = DynamoTable.WriteId,
                    ["#u"] = Updated,
                },
                [],
                cancellationToken
            ),
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => table.DisposeAsync();
}
