namespace StreamEtl.Diagnostics;

/// <summary>The summary of a consolidation that was stored (B4).</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Store">Where it is.</param>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Sample">Rows in its sample.</param>
/// <param name="Returned">True: the item was there already with this content, and is as it was.</param>
public sealed record CongregadoReport(string Id, string Store, string Key, int Sample, bool Returned);
