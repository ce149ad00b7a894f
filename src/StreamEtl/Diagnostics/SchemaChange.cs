namespace StreamEtl.Diagnostics;

/// <summary>A difference between two inputs' columns.</summary>
/// <param name="Column">Column name.</param>
/// <param name="Change"><c>added</c>, <c>dropped</c>, <c>integer -> decimal(18,2)</c>, <c>renamed from 'Name' (case only)</c>, <c>missing in FILE</c>.</param>
public sealed record SchemaChange(string Column, string Change);
