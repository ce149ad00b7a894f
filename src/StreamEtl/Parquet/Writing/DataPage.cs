namespace StreamEtl.Parquet.Writing;

/// <summary>A data page, for the page index.</summary>
/// <param name="Offset">Where its header starts.</param>
/// <param name="StoredBytes">Header and compressed body.</param>
/// <param name="FirstRow">Index of its first row in the row group.</param>
/// <param name="Rows">Its rows, NULLs included.</param>
/// <param name="NullCount">NULLs in it.</param>
/// <param name="Bounds">Smallest and largest value, or null when all are NULL (or NaN).</param>
internal sealed record DataPage(long Offset, int StoredBytes, long FirstRow, int Rows, int NullCount, Bounds? Bounds);
