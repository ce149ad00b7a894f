namespace StreamEtl.Batches;

/// <summary>A 128-bit hash. The top bits of <see cref="High"/> choose partitions; tables index with <see cref="Low"/>.</summary>
/// <param name="High">Upper 64 bits.</param>
/// <param name="Low">Lower 64 bits.</param>
public readonly record struct Hash128(ulong High, ulong Low);
