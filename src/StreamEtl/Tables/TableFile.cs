namespace StreamEtl.Tables;

/// <summary>A Parquet file of a version.</summary>
/// <param name="Role">Full load or changes.</param>
/// <param name="Path">Its key in the store.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Bytes.</param>
/// <param name="Sha256">Of its content, in hexadecimal digits, lower case.</param>
public sealed record TableFile(TableFileRole Role, string Path, long Rows, long Bytes, string Sha256);
