using System.Text.Json;

namespace StreamEtl.Connectors.Glue;

/// <summary>What the catalog knows of a table.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Name">Its name.</param>
/// <param name="Location">Where its files are: <c>s3://bucket/prefix</c>, without a slash at the end.</param>
/// <param name="PartitionKeys">Names of its partition keys, in order.</param>
public sealed record GlueTable(string Database, string Name, string Location, IReadOnlyList<string> PartitionKeys)
{
    /// <summary>Reads the answer to GetTable.</summary>
    internal static GlueTable Read(string database, JsonElement table) =>
        new(
            database,
            table.GetProperty(nameof(Name)).GetString()!,
            (table.GetProperty("StorageDescriptor").GetProperty(nameof(Location)).GetString() ?? "").TrimEnd('/'),
            table.TryGetProperty(nameof(PartitionKeys), out JsonElement keys) && keys.ValueKind == JsonValueKind.Array
                ? [.. keys.EnumerateArray().Select(k => k.GetProperty(nameof(Name)).GetString()!)]
                : []
        );
}
