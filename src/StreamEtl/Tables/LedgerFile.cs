namespace StreamEtl.Tables;

/// <summary>A ledger file of a version. Of the records of one key, that in the last file counts.</summary>
/// <param name="Path">Its key in the store.</param>
/// <param name="Rows">Records in it, those of deletes included.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record LedgerFile(string Path, long Rows, long Bytes);
