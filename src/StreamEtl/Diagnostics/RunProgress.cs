namespace StreamEtl.Diagnostics;

/// <summary>A moment of a run, for progress displays. Reported about ten times a second.</summary>
/// <param name="Phase">What the run is doing, in a word or two: <c>reading types</c>, <c>converting</c>, <c>comparing</c>, <c>writing changes</c>.</param>
/// <param name="Rows">Rows read in this phase.</param>
/// <param name="BytesRead">Stored input bytes consumed in this phase.</param>
/// <param name="BytesTotal">Stored input bytes of this phase, or null when unknown (a pipe).</param>
/// <param name="Elapsed">Since the run began.</param>
public sealed record RunProgress(string Phase, long Rows, long BytesRead, long? BytesTotal, TimeSpan Elapsed);
