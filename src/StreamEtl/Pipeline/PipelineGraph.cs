using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Dataflow;
using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>
/// THE file to read first. One pass over the inputs, as a Dataflow graph in the order of a byte's path:
/// <code>
/// read ──► decode ──► accept ──► encode ──► write
/// one       many       one        many       one
/// </code>
/// How it avoids Dataflow's silent losses: no delegate ever throws, and no block is given a cancellation token. The first fault is recorded and
/// stops the pump; after that every stage disposes what reaches it, so the graph drains itself through its normal path, every lease comes back, and
/// the fault is thrown when all blocks have completed. Nothing is queued in a faulted block because no block faults.
/// </summary>
internal sealed class PipelineGraph
{
    /// <summary>
    /// Inputs that are no larger go through the same stages one after the other, without blocks between them: they are a unit or two, and starting Dataflow and a pool
    /// of threads takes longer than their work. Tests set -1 to send all they have through the blocks.
    /// </summary>
    internal static long FewBytes { get; set; } = 256 << 10;

    private readonly RunContext _run;
    private readonly PassSpec _pass;
    private readonly ByteGate _gate;
    private readonly PartGatherer _gatherer;
    private readonly CancellationTokenSource _stop;
    private readonly Blocks? _blocks;
    private readonly PassResult _result = new();
    private readonly List<InputTally> _inputs = [];
    private readonly long? _bytesTotal;
    private ExceptionDispatchInfo? _fault;
    private long _rowsDone;
    private long _bytesDone;

    private PipelineGraph(RunContext run, PassSpec pass)
    {
        _run = run;
        _pass = pass;
        _gate = new ByteGate(run.Flow.InFlightBytes);
        _gatherer = new PartGatherer(pass.Encoder?.RowsPerPart ?? 0, run.Flow.PartBytes, _gate);
        _bytesTotal = pass.Segments.Aggregate((long?)0, (sum, segment) => sum + segment.Side.TotalBytes);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(run.CancellationToken);
        _blocks = _bytesTotal <= FewBytes ? null : new Blocks(this);
    }

    /// <summary>Runs the pass to its end. Throws the first fault, after everything has come to rest.</summary>
    public static async Task<PassResult> RunAsync(RunContext run, PassSpec pass)
    {
        var graph = new PipelineGraph(run, pass);
        try
        {
            return await graph.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            graph._stop.Dispose();
        }
    }

    private async Task<PassResult> RunAsync()
    {
        if (_pass.CountsRows)
        {
            ForgetMarks();
        }
        try
        {
            await PumpAsync().ConfigureAwait(false);
            if (_blocks is not null)
            {
                await _blocks.AllAcceptedAsync().ConfigureAwait(false);
            }
            await SendPartAsync(_gatherer.Flush()).ConfigureAwait(false);
            if (_blocks is not null)
            {
                await _blocks.AllWrittenAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (_blocks is not null)
        {
            // Stages catch what goes wrong in them, so this is the fault of a block: memory that ran out where it must not, say.
            await _blocks.StopAsync(e).ConfigureAwait(false);
        }
        _fault?.Throw();
        MakeRoom();
        CheckBalance();
        if (_pass.CountsRows)
        {
            ReportInputs();
        }
        return _result;
    }

    /// <summary>Opening an input and writing a footer need arrays of their own.</summary>
    private void MakeRoom()
    {
        if (HeapLimit.IsNear())
        {
            _run.Budget.GiveBack();
        }
    }

    /// <summary>read: opens inputs one after the other and cuts them into units, as fast as the gate lets it.</summary>
    private async Task PumpAsync()
    {
        try
        {
            foreach (PassSegment segment in _pass.Segments)
            {
                if (segment.Kept is { } kept)
                {
                    await PumpAsync(new PassInput(segment, kept, [])).ConfigureAwait(false);
                    continue;
                }
                for (int i = 0; i < segment.Side.Inputs.Count; i++)
                {
                    MakeRoom();
                    await PumpAsync(segment, i).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) // recorded and thrown by RunAsync once the graph is at rest
        {
            Fail(e);
        }
    }

    private async Task PumpAsync(PassSegment segment, int index)
    {
        IRowSource source = await segment.Side.OpenAsync(_run, index, _stop.Token).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var input = new PassInput(segment, source, segment.Plan(index, source.Columns))
            {
                Marks = segment.Choose is null ? null : segment.Side.Marks(index),
                Index = index,
            };
            _inputs.Add(input.Tally);
            (source as IPlannedSource)?.SetPlan(input.Plan);
            if (segment.Rest is { } rest)
            {
                ((IRecordSource)source).HashRecords(input.Plan, rest(index, source.Columns));
            }
            if (segment.NotesPlaces)
            {
                (source as IRecordSource)?.NotePlaces();
            }
            if (_pass.Encoder is not null)
            {
                (source as IRecordSource)?.CopyTexts();
            }
            await PumpAsync(input).ConfigureAwait(false);
            _run.WarnOf(source);
            _result.Endings.Add((source as ILineSource)?.EndsWithLineBreak);
            input.Tally.Bytes = source.Position;
            Volatile.Write(ref _bytesDone, _bytesDone + source.Position);
        }
    }

    private async Task PumpAsync(PassInput input)
    {
        for (int number = 0; await ReadUnitAsync(input, number).ConfigureAwait(false) is { } unit; number++)
        {
            await ((Task?)_blocks?.DecodeAsync(unit) ?? AcceptAsync(Decode(unit))).ConfigureAwait(false);
        }
    }

    private async Task<InFlight?> ReadUnitAsync(PassInput input, int number)
    {
        UnitMark? mark = number < input.Marks?.Count ? input.Marks[number] : null;
        int target = mark?.Target ?? _run.Sizer.Current;
        UnitGrowth growth = input.Segment.Growth;
        // The first unit goes alone: it shows what the others will need.
        long expected = growth.Of(target) ?? _gate.Capacity;
        long start = Stopwatch.GetTimestamp();
        await _gate.EnterAsync(expected, _stop.Token).ConfigureAwait(false);
        _run.ReadClock.Waited(start);
        start = Stopwatch.GetTimestamp();
        SourceUnit? unit = null;
        try
        {
            unit = mark is { IsClean: true, Places: { } places }
                ? await ((IRecordSource)input.Source).ReadAgainAsync(places, _stop.Token).ConfigureAwait(false)
                : await input.Source.ReadAsync(target, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            if (unit is null)
            {
                _gate.Adjust(-expected);
            }
        }
        if (unit is null)
        {
            return null;
        }
        _run.ReadClock.Worked(start, 0);
        // A unit may hold less than its bytes: those of a Parquet file are pages that its source keeps.
        long size = Math.Max(target, unit.Lease.Bytes);
        long reserved = growth.Of(size) ?? _gate.Capacity;
        _gate.Adjust(reserved - expected);
        return new InFlight(input, unit, target, mark, _gate, size, reserved);
    }

    /// <summary>decode: bytes to columns, and what of the next steps needs no order, while the bytes are in the cache.</summary>
    private InFlight Decode(InFlight item)
    {
        if (_fault is not null)
        {
            return item;
        }
        try
        {
            long start = Stopwatch.GetTimestamp();
            item.Decode();
            long ticks = _run.DecodeClock.Worked(start, item.Batch!.RowCount);
            _run.Sizer.Observe(item.Batch.InputBytes, ticks, item.Batch.RowCount);
            if (item.Input.Segment.Prepare is { } prepare && !item.Batch.Contradicted)
            {
                start = Stopwatch.GetTimestamp();
                prepare(item.Batch);
                _run.PrepareClock.Worked(start, item.Batch.RowCount);
            }
            item.Settle();
        }
        catch (Exception e) // as in PumpAsync
        {
            Fail(e);
        }
        return item;
    }

    /// <summary>accept: in input order. Numbers the rows, applies the policy on malformed ones, decides, gathers what is left into parts.</summary>
    private async Task AcceptAsync(InFlight item)
    {
        if (_fault is not null || item.Batch is not { } batch)
        {
            item.Dispose();
            return;
        }
        OutputPart? part = null;
        try
        {
            long start = Stopwatch.GetTimestamp();
            PassInput input = item.Input;
            // First of all: what does not fit a type that was only guessed is read as NULL, which a key may not be, and malformed it is not.
            if (batch.Contradicted)
            {
                throw new TypesContradictedException();
            }
            if (_pass.CountsRows)
            {
                _run.Rejects.Add(batch.Rejects, input.NextLine);
            }
            int rows = Number(item, batch);
            Choose(batch, input.Segment.Choose);
            input.Segment.Accept?.Invoke(batch);
            _result.RowsDecoded += rows;
            _result.RowsDropped += rows - batch.SelectedCount;
            _run.AcceptClock.Worked(start, rows);
            Progress(rows, input);
            if (_pass.Encoder is null)
            {
                item.Dispose();
            }
            else
            {
                part = _gatherer.Add(item, _run.Pool);
            }
        }
        catch (Exception e) // as in PumpAsync
        {
            item.Dispose();
            Fail(e);
        }
        await SendPartAsync(part).ConfigureAwait(false);
    }

    /// <summary>Gives the batch's rows their ordinals, and notes or checks what its unit holds; returns the unit's rows.</summary>
    private int Number(InFlight item, RowBatch batch)
    {
        PassInput input = item.Input;
        PassSegment segment = input.Segment;
        if (segment.Kept is not null)
        {
            return batch.RowCount;
        }
        int rows = batch.Positions is null ? batch.RowCount : item.Mark!.Value.Rows;
        if (_pass.CountsRows)
        {
            segment.Side.Marks(input.Index).Add(new UnitMark(item.Target, segment.NextRow, rows, batch.Rejects.Count == 0, batch.Places));
        }
        else if (item.Mark is { } mark && (mark.FirstRow != segment.NextRow || mark.Rows != rows))
        {
            throw ChangedInput.Error(input.Source.Info.Name, -1);
        }
        input.NextLine += batch.LineCount;
        input.Tally.Rows += rows + batch.Rejects.Count;
        batch.FirstRow = segment.NextRow;
        segment.NextRow += rows;
        return rows;
    }

    /// <summary>Selects the rows that the pass wants, where the source has not left out the others.</summary>
    private static void Choose(RowBatch batch, RowChoice? choose)
    {
        if (choose is not null && batch.Positions is null)
        {
            int[] rows = batch.Lease.Rent<int>(batch.RowCount);
            batch.Select(rows, choose(batch.FirstRow, batch.RowCount, rows));
        }
    }

    private void ForgetMarks()
    {
        foreach (TableSide side in _pass.Segments.Select(s => s.Side))
        {
            for (int i = 0; i < side.Inputs.Count; i++)
            {
                side.Marks(i).Clear();
            }
        }
    }

    private async Task SendPartAsync(OutputPart? part)
    {
        if (part is null)
        {
            return;
        }
        long start = Stopwatch.GetTimestamp();
        await ((Task?)_blocks?.EncodeAsync(part) ?? WriteAsync(Encode(part))).ConfigureAwait(false);
        _run.AcceptClock.Waited(start);
    }

    /// <summary>encode: the selected rows of a part become bytes of the output format; the batches are done.</summary>
    private OutputPart Encode(OutputPart part)
    {
        try
        {
            if (_fault is null)
            {
                long start = Stopwatch.GetTimestamp();
                part.Encode(_pass.Encoder!);
                _run.EncodeClock.Worked(start, part.Rows);
            }
        }
        catch (Exception e) // as in PumpAsync
        {
            Fail(e);
        }
        part.DisposeBatches();
        return part;
    }

    /// <summary>write: parts in row order.</summary>
    private async Task WriteAsync(OutputPart part)
    {
        try
        {
            if (_fault is null && part.Encoded is { } encoded)
            {
                long start = Stopwatch.GetTimestamp();
                await _pass.Encoder!.WritePartAsync(encoded, _pass.Output!, _stop.Token).ConfigureAwait(false);
                _run.WriteClock.Worked(start, part.Rows);
                _result.RowsWritten += encoded.Rows;
                if (_result.NullCounts.Length < encoded.NullCounts.Length)
                {
                    _result.NullCounts = new long[encoded.NullCounts.Length];
                }
                for (int i = 0; i < encoded.NullCounts.Length; i++)
                {
                    _result.NullCounts[i] += encoded.NullCounts[i];
                }
            }
        }
        catch (Exception e) // as in PumpAsync
        {
            Fail(e);
        }
        finally
        {
            part.Dispose();
        }
    }

    private void ReportInputs()
    {
        _run.Report.Inputs.Clear();
        _run.Report.RowsRead = 0;
        foreach (InputTally input in _inputs.OrderBy(i => i.Side))
        {
            _run.Report.Inputs.Add(new FileReport(input.Name, input.Rows, input.Bytes));
            _run.Report.RowsRead += input.Rows;
        }
    }

    private void Fail(Exception e)
    {
        if (Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(e), null) is null)
        {
            _stop.Cancel();
        }
    }

    private void Progress(int rows, PassInput input)
    {
        _rowsDone += rows;
        _run.Progress(_pass.Phase, _rowsDone, Volatile.Read(ref _bytesDone) + input.Source.Position, _bytesTotal);
    }

    /// <summary>The promise of every run: rows in = rows out + dropped (rejected rows were never decoded and are counted apart).</summary>
    private void CheckBalance()
    {
        long produced = _pass.Encoder is null ? _result.RowsDecoded - _result.RowsDropped : _result.RowsWritten;
        if (_result.RowsDecoded != produced + _result.RowsDropped)
        {
            throw new StreamEtlException(
                ErrorKind.Internal,
                $"rows went missing: {_result.RowsDecoded} decoded, {produced} written, {_result.RowsDropped} dropped"
            );
        }
    }

    /// <summary>The blocks and their links. The only part of the engine that knows Dataflow.</summary>
    private sealed class Blocks
    {
        private readonly PipelineGraph _graph;
        private readonly TransformBlock<InFlight, InFlight> _decode;
        private readonly ActionBlock<InFlight> _accept;
        private readonly TransformBlock<OutputPart, OutputPart> _encode;
        private readonly ActionBlock<OutputPart> _write;

        public Blocks(PipelineGraph graph)
        {
            _graph = graph;
            FlowPlan flow = graph._run.Flow;
            TaskScheduler workers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, flow.Threads).ConcurrentScheduler;
            _decode = new TransformBlock<InFlight, InFlight>(graph.Decode, Options(workers, flow.Threads, ordered: true));
            _accept = new ActionBlock<InFlight>(graph.AcceptAsync, Options(workers, 1));
            _encode = new TransformBlock<OutputPart, OutputPart>(graph.Encode, Options(workers, flow.Threads, ordered: true));
            _write = new ActionBlock<OutputPart>(graph.WriteAsync, Options(workers, 1));

            var propagate = new DataflowLinkOptions { PropagateCompletion = true };
            _decode.LinkTo(_accept, propagate);
            _encode.LinkTo(_write, propagate);
            foreach (IDataflowBlock block in All)
            {
                _ = block.Completion.ContinueWith(
                    faulted => Fail(faulted.Exception!.InnerException!),
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default
                );
            }
        }

        private IDataflowBlock[] All => [_decode, _accept, _encode, _write];

        public Task<bool> DecodeAsync(InFlight unit) => _decode.SendAsync(unit);

        public Task<bool> EncodeAsync(OutputPart part) => _encode.SendAsync(part);

        /// <summary>No unit comes any more; waits until the last one is accepted.</summary>
        public Task AllAcceptedAsync()
        {
            _decode.Complete();
            return _accept.Completion;
        }

        /// <summary>No part comes any more; waits until the last one is written.</summary>
        public Task AllWrittenAsync()
        {
            _encode.Complete();
            return _write.Completion;
        }

        /// <summary>Ends all blocks; waits until none works any more.</summary>
        public async Task StopAsync(Exception fault)
        {
            Fail(fault);
            await Task.WhenAll(All.Select(b => b.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        /// <summary>A block that has failed takes nothing any more and tells nobody: without this, whoever waits for it waits for ever.</summary>
        private void Fail(Exception fault)
        {
            _graph.Fail(fault);
            foreach (IDataflowBlock block in All)
            {
                block.Fault(fault);
            }
            // A block that had been told to complete before would hold on to what it has made until somebody takes it.
            _decode.LinkTo(DataflowBlock.NullTarget<InFlight>());
            _encode.LinkTo(DataflowBlock.NullTarget<OutputPart>());
        }

        private static ExecutionDataflowBlockOptions Options(TaskScheduler workers, int width, bool ordered = false) =>
            new()
            {
                MaxDegreeOfParallelism = width,
                // Bytes are bounded by the gate. One that waits is enough to keep all busy; more only lie in memory that the caches and the system would rather have for others.
                BoundedCapacity = width + 1,
                EnsureOrdered = ordered,
                TaskScheduler = workers,
            };
    }
}
