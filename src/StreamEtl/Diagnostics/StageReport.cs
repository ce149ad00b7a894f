namespace StreamEtl.Diagnostics;

/// <summary>Work of one stage over the whole run.</summary>
/// <param name="Name">Stage name.</param>
/// <param name="Batches">Batches handled.</param>
/// <param name="Rows">Rows handled.</param>
/// <param name="BusySeconds">Time inside the stage, summed over threads.</param>
/// <param name="WaitingSeconds">Time the stage's thread waited for memory or for the next stage.</param>
public sealed record StageReport(string Name, long Batches, long Rows, double BusySeconds, double WaitingSeconds);
