namespace StreamEtl.Batches;

/// <summary>A text or binary value: a run of bytes in <see cref="Column.Bytes"/>. NULL and the empty string both have length 0; the null bits tell them apart.</summary>
/// <param name="Start">First byte.</param>
/// <param name="Length">Number of bytes.</param>
public readonly record struct TextView(int Start, int Length);
