using StreamEtl.Batches;

namespace StreamEtl.Parquet.Reading;

/// <summary>A leaf of a nested field, decoded.</summary>
/// <param name="Node">The leaf.</param>
/// <param name="Repetition">Repetition level of each entry.</param>
/// <param name="Definition">Definition level of each entry.</param>
/// <param name="Count">Entries.</param>
/// <param name="Values">The values that are there, in order, without gaps.</param>
internal sealed record NestedLeaf(SchemaNode Node, byte[] Repetition, byte[] Definition, int Count, Column Values);
