using StreamEtl.Types;

namespace StreamEtl.Sources;

/// <summary>A column as its source names it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The declared type, or null when the source holds text that must be interpreted (CSV).</param>
public sealed record SourceColumn(string Name, ColumnType? Type)
{
    /// <summary>True when the source names another column so as well, and this one got a name of its own.</summary>
    public bool IsRenamed { get; init; }
}
