using System.Diagnostics;
using StreamEtl.Diagnostics;

namespace StreamEtl.Pipeline;

/// <summary>Counts the work of one stage over all passes of a run. Thread-safe.</summary>
internal sealed class StageClock(string name)
{
    private long _batches;
    private long _rows;
    private long _busy;
    private long _waiting;

    /// <summary>Adds one batch of work that began at <paramref name="start"/> (a Stopwatch timestamp); returns the ticks it took.</summary>
    public long Worked(long start, long rows)
    {
        long ticks = Stopwatch.GetTimestamp() - start;
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _rows, rows);
        Interlocked.Add(ref _busy, ticks);
        return ticks;
    }

    /// <summary>Adds time spent waiting since <paramref name="start"/>.</summary>
    public void Waited(long start) => Interlocked.Add(ref _waiting, Stopwatch.GetTimestamp() - start);

    /// <summary>The totals so far.</summary>
    public StageReport ToReport() =>
        new(name, _batches, _rows, _busy / (double)Stopwatch.Frequency, _waiting / (double)Stopwatch.Frequency);
}
