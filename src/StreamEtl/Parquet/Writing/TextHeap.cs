namespace StreamEtl.Parquet.Writing;

/// <summary>An array that some views of a column point into.</summary>
/// <param name="Start">Index of the first of them; they reach to the next array's.</param>
/// <param name="Bytes">The array.</param>
internal readonly record struct TextHeap(int Start, byte[] Bytes);
