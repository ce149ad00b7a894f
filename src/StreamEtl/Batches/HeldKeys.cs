namespace StreamEtl.Batches;

/// <summary>Keys of rows that were set aside as malformed, where the key itself could be read: whoever compares snapshots must not take them for gone.</summary>
/// <param name="Columns">One for each plan column; null for those that are not of the key.</param>
/// <param name="Count">Rows.</param>
public sealed record HeldKeys(Column?[] Columns, int Count);
