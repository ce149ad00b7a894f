using StreamEtl.Types;

namespace StreamEtl.Connectors.Glue;

/// <summary>A partition of a table.</summary>
/// <param name="Values">The values of the table's partition keys, in their order.</param>
/// <param name="Location">Its folder, with a slash at the end.</param>
/// <param name="Columns">The columns of its files.</param>
public sealed record GluePartition(IReadOnlyList<string> Values, string Location, IReadOnlyList<Field> Columns);
