namespace StreamEtl.Sources;

/// <summary>What is known of an input before it is read.</summary>
/// <param name="Name">As the user gave it; <c>-</c> for standard input. Errors print this.</param>
/// <param name="Length">Bytes as stored (compressed if so), when known.</param>
public sealed record SourceInfo(string Name, long? Length);
