using StreamEtl.Batches;

namespace StreamEtl.Parsing;

/// <summary>The fields of one column.</summary>
/// <param name="Views">One for each row; empty where it is NULL.</param>
/// <param name="Nulls">Bit r is set where row r is NULL; null when none is.</param>
/// <param name="NullCount">Rows that are NULL.</param>
internal readonly record struct FieldViews(TextView[] Views, ulong[]? Nulls, int NullCount);
