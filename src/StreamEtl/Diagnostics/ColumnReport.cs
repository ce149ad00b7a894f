namespace StreamEtl.Diagnostics;

/// <summary>Nulls of one output column.</summary>
/// <param name="Name">Column name.</param>
/// <param name="Nulls">NULL values.</param>
/// <param name="NullPercent">Share of the rows written, 0 to 100.</param>
public sealed record ColumnReport(string Name, long Nulls, double NullPercent);
