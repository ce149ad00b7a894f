using System.Diagnostics;
using StreamEtl.Diagnostics;
using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>What the stages of one run share.</summary>
internal sealed class RunContext
{
    private readonly IProgress<RunProgress>? _progress;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastProgress;

    public RunContext(JobOptions options, RunReport report, IProgress<RunProgress>? progress, CancellationToken cancellationToken)
    {
        Options = options;
        Report = report;
        _progress = progress;
        CancellationToken = cancellationToken;
        Places = new RunPlaces(this);
        bool remote = RunPlaces.AnyIn(options);
        long transfers = remote ? TransferPlan.Bytes(options.MemoryBytes) : 0;
        long client = remote ? TransferPlan.ClientBytes(options.MemoryBytes) : 0;
        Flow = FlowPlan.For(options.MemoryBytes, options.Threads, transfers + client);
        Budget = new MemoryBudget(options.MemoryBytes);
        // What is read ahead is charged to the pool as it is; what waits to be written is not.
        Budget.Reserve((transfers / 2) + client);
        // Arrays that are being filled from stores are the pool's too: it must not drop what the stages need next to make room for them.
        Pool = new BufferPool(Budget, Flow.InFlightBytes + (transfers / 2));
        Rejects = new RejectLog(this);
        Sizer = options.UnitBytes is { } bytes ? BatchSizer.Fixed(bytes) : new BatchSizer(512 << 10, Flow.LargestBatch);
    }

    /// <summary>The user's options.</summary>
    public JobOptions Options { get; }

    /// <summary>Filled as the run goes.</summary>
    public RunReport Report { get; }

    /// <summary>How memory is divided.</summary>
    public FlowPlan Flow { get; }

    /// <summary>All bytes of the run.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Arrays of units, batches and parts.</summary>
    public BufferPool Pool { get; }

    /// <summary>Where paths lead.</summary>
    public RunPlaces Places { get; }

    /// <summary>Malformed rows.</summary>
    public RejectLog Rejects { get; }

    /// <summary>Adapts the batch size over the whole run.</summary>
    public BatchSizer Sizer { get; }

    /// <summary>The user's interrupt.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Time by stage.</summary>
    public StageClock ReadClock { get; } = new("read");

    /// <summary>Time by stage.</summary>
    public StageClock DecodeClock { get; } = new("decode");

    /// <summary>Time by stage.</summary>
    public StageClock PrepareClock { get; } = new("hash");

    /// <summary>Time by stage.</summary>
    public StageClock AcceptClock { get; } = new("decide");

    /// <summary>Time by stage.</summary>
    public StageClock EncodeClock { get; } = new("encode");

    /// <summary>Time by stage.</summary>
    public StageClock WriteClock { get; } = new("write");

    /// <summary>Adds a warning once.</summary>
    public void Warn(string text)
    {
        lock (Report.Warnings)
        {
            if (!Report.Warnings.Contains(text))
            {
                Report.Warnings.Add(text);
            }
        }
    }

    /// <summary>Adds the warnings of an input, under its name.</summary>
    public void WarnOf(IRowSource source)
    {
        foreach (string warning in source.Warnings)
        {
            Warn($"{source.Info.Name}: {warning}");
        }
    }

    /// <summary>Reports progress, at most ten times a second.</summary>
    public void Progress(string phase, long rows, long bytesRead, long? bytesTotal)
    {
        if (_progress is null || Stopwatch.GetElapsedTime(_lastProgress).TotalMilliseconds < 100)
        {
            return;
        }
        _lastProgress = Stopwatch.GetTimestamp();
        _progress.Report(new RunProgress(phase, rows, bytesRead, bytesTotal, Stopwatch.GetElapsedTime(_started)));
    }

    /// <summary>Writes what the clocks counted into the report.</summary>
    public void FinishReport()
    {
        Report.Seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        Report.Stages.Clear();
        StageClock[] clocks = [ReadClock, DecodeClock, PrepareClock, AcceptClock, EncodeClock, WriteClock];
        Report.Stages.AddRange(clocks.Select(c => c.ToReport()).Where(s => s.Batches > 0));
        Report.BatchBytes.Min = Sizer.Min;
        Report.BatchBytes.Max = Sizer.Max;
        Report.BatchBytes.Last = Sizer.Current;
        Report.RowsRejected = Rejects.Count;
        Report.PeakMemoryBytes = PeakMemory.Read();
    }
}
