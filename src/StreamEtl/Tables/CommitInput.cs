namespace StreamEtl.Tables;

/// <summary>An input that a version was made from.</summary>
/// <param name="Path">As the user gave it.</param>
/// <param name="Bytes">Bytes as stored.</param>
/// <param name="Rows">Data rows, malformed ones included.</param>
/// <param name="Terminated">Whether its last record ended with a line break; null when records do not end so.</param>
public sealed record CommitInput(string Path, long Bytes, long Rows, bool? Terminated);
