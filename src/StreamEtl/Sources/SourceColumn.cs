using StreamEtl.Types;

namespace StreamEtl.Sources;

/// <summary>A column as its source names it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The declared type, or null when the source holds text that must be interpreted (CSV).</param>
public sealed record SourceColumn(string Name, ColumnType? Type);
