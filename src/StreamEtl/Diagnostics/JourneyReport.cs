namespace StreamEtl.Diagnostics;

/// <summary>The journey that a run was part of.</summary>
/// <param name="Key">Its idempotency key.</param>
/// <param name="Store">Where its record is.</param>
/// <param name="Returned">True: it had been completed before; nothing was done, and this is the report of then.</param>
/// <param name="TookOver">True: it had been begun by a process that died, or whose lease ran out.</param>
/// <param name="RetryCount">Times that its work began again.</param>
public sealed record JourneyReport(string Key, string Store, bool Returned, bool TookOver, int RetryCount);
