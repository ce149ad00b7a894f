namespace StreamEtl.Types;

/// <summary>A named, typed column of a table.</summary>
/// <param name="Name">Column name, exactly as in the source.</param>
/// <param name="Type">Its type.</param>
/// <param name="Nullable">False only when a contract or a count proves that no NULL occurs.</param>
public sealed record Field(string Name, ColumnType Type, bool Nullable = true);
