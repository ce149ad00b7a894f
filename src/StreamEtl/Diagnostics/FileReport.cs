namespace StreamEtl.Diagnostics;

/// <summary>A file read or written.</summary>
/// <param name="Path">As the user gave it.</param>
/// <param name="Rows">Data rows.</param>
/// <param name="Bytes">Bytes as stored.</param>
public sealed record FileReport(string Path, long Rows, long Bytes);
