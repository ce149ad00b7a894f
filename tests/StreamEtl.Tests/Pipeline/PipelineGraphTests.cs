using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Pipeline;

public sealed class PipelineGraphTests
{
    private const int Batches = 40;
    private const int RowsPerBatch = 100;

    public static TheoryData<string, int> Faults
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string stage in new[] { "read", "decode", "prepare", "accept", "encode", "write" })
            {
                foreach (int batch in new[] { 0, Batches / 2, Batches - 1 })
                {
                    data.Add(stage, batch);
                }
            }
            return data;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(250)]
    [InlineData(1_000_000)]
    public async Task Run_AnyPartSize_WritesEveryRowInOrder(int rowsPerPart)
    {
        RunContext run = NewRun(CancellationToken.None);
        var encoder = new FakeEncoder(run.Pool, rowsPerPart);
        PassResult result = await RunAsync(run, new FakeTable(Batches, RowsPerBatch), encoder);
        Assert.Equal(Enumerable.Range(0, Batches * RowsPerBatch).Select(i => (long)i), encoder.Rows);
        Assert.Equal(Batches * RowsPerBatch, result.RowsWritten);
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(97)]
    public async Task Run_SelectionInAccept_DropsExactlyTheOthers(int modulus)
    {
        RunContext run = NewRun(CancellationToken.None);
        var encoder = new FakeEncoder(run.Pool, 250);
        PassResult result = await RunAsync(run, new FakeTable(Batches, RowsPerBatch), encoder, accept: b => SelectMultiples(b, modulus));
        long[] expected = [.. Enumerable.Range(0, Batches * RowsPerBatch).Where(i => i % modulus == 0).Select(i => (long)i)];
        Assert.Equal(expected, encoder.Rows);
        Assert.Equal(result.RowsDecoded, result.RowsWritten + result.RowsDropped);
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Run_FaultInAnyStage_EndsInTimeWithThatCauseAndNoLease(string stage, int batch)
    {
        RunContext run = NewRun(CancellationToken.None);
        var thrown = new InvalidDataException($"planted in {stage}");
        int prepared = 0;
        int accepted = 0;
        void FailAt(string here, int number)
        {
            if (here == stage && number == batch)
            {
                throw thrown;
            }
        }
        var table = new FakeTable(Batches, RowsPerBatch) { OnRead = n => FailAt("read", n), OnDecode = n => FailAt("decode", n) };
        var encoder = new FakeEncoder(run.Pool) { OnEncode = n => FailAt("encode", n), OnWrite = n => FailAt("write", n) };
        Task<PassResult> pass = RunAsync(
            run,
            table,
            encoder,
            prepare: _ => FailAt("prepare", Interlocked.Increment(ref prepared) - 1),
            accept: _ => FailAt("accept", accepted++)
        );
        Exception caught = await Assert.ThrowsAsync<InvalidDataException>(() => pass.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Same(thrown, caught);
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    /// <summary>Giving back what a failed stage held fails as well, so a block ends while others still wait for it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(Batches / 2)]
    [InlineData(Batches - 1)]
    public async Task Run_GivingBackFailsToo_EndsInTimeWithTheFirstCause(int batch)
    {
        RunContext run = NewRun(CancellationToken.None);
        var thrown = new InvalidDataException("planted in decode");
        var table = new FakeTable(Batches, RowsPerBatch)
        {
            OnDecode = n => Throw(n == batch, thrown),
            OnDispose = _ => Throw(true, new IOException("planted in dispose")),
        };
        Task<PassResult> pass = RunAsync(run, table, new FakeEncoder(run.Pool));
        Exception caught = await Assert.ThrowsAsync<InvalidDataException>(() => pass.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Same(thrown, caught);

        static void Throw(bool now, Exception exception)
        {
            if (now)
            {
                throw exception;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Run_StageThrowsOperationCanceled_IsAnErrorAndNotAnEmptySuccess(string stage, int batch)
    {
        // Dataflow swallows an OperationCanceledException that escapes a delegate: the message vanishes and the block looks healthy.
        RunContext run = NewRun(CancellationToken.None);
        void FailAt(string here, int number)
        {
            if (here == stage && number == batch)
            {
                throw new OperationCanceledException("a time-out of someone else's");
            }
        }
        int prepared = 0;
        int accepted = 0;
        var table = new FakeTable(Batches, RowsPerBatch) { OnRead = n => FailAt("read", n), OnDecode = n => FailAt("decode", n) };
        var encoder = new FakeEncoder(run.Pool) { OnEncode = n => FailAt("encode", n), OnWrite = n => FailAt("write", n) };
        Task<PassResult> pass = RunAsync(
            run,
            table,
            encoder,
            prepare: _ => FailAt("prepare", Interlocked.Increment(ref prepared) - 1),
            accept: _ => FailAt("accept", accepted++)
        );
        await Assert.ThrowsAsync<OperationCanceledException>(() => pass.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    [Fact]
    public async Task Run_SlowSink_HoldsTheSourceBack()
    {
        RunContext run = NewRun(CancellationToken.None);
        var table = new FakeTable(2000, RowsPerBatch);
        int readWhenFirstWritten = 0;
        var encoder = new FakeEncoder(run.Pool)
        {
            OnWrite = n => readWhenFirstWritten = n == 20 ? table.Reads : readWhenFirstWritten,
            WriteDelay = TimeSpan.FromMilliseconds(1),
        };
        await RunAsync(run, table, encoder);
        // Each block queues at most four messages a thread; the source cannot be further ahead than all queues together.
        Assert.InRange(readWhenFirstWritten, 20, 20 + (4 * 2 * 2) + (2 * 4) + (2 * 2) + 16);
        Assert.Equal(2000 * RowsPerBatch, encoder.Rows.Count);
    }

    /// <summary>Parts queue before a sink that stands still. Their batches are done: an array that the pool drops meanwhile must be garbage, or memory grows past its limit.</summary>
    [Fact]
    public async Task Run_StalledSink_KeepsNoEncodedBatchAlive()
    {
        RunContext run = NewRun(CancellationToken.None);
        var accepted = new List<WeakReference>();
        int encoded = 0;
        using var goOn = new ManualResetEventSlim();
        var encoder = new FakeEncoder(run.Pool)
        {
            OnEncode = _ => Interlocked.Increment(ref encoded),
            OnWrite = _ => Assert.True(goOn.Wait(TimeSpan.FromSeconds(20))),
        };
        Task<PassResult> pass = RunAsync(
            run,
            new FakeTable(2000, RowsPerBatch),
            encoder,
            accept: b =>
            {
                lock (accepted)
                {
                    accepted.Add(new WeakReference(b));
                }
            }
        );
        for (int before = -1; before != Volatile.Read(ref encoded) || before < 3; )
        {
            before = Volatile.Read(ref encoded);
            await Task.Delay(100);
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        lock (accepted)
        {
            // A thread that has just encoded may still have one in a register.
            Assert.InRange(accepted.Take(encoded).Count(r => r.IsAlive), 0, 2);
        }
        Assert.InRange(encoded, 3, 100);
        goOn.Set();
        await pass;
    }

    [Fact]
    public async Task Run_CancelledWhileTheSinkIsSlow_EndsWithinTwoSeconds()
    {
        using var cancel = new CancellationTokenSource();
        RunContext run = NewRun(cancel.Token);
        var encoder = new FakeEncoder(run.Pool) { WriteDelay = TimeSpan.FromMinutes(1) };
        Task<PassResult> pass = RunAsync(run, new FakeTable(Batches, RowsPerBatch), encoder);
        await Task.Delay(100);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pass.WaitAsync(TimeSpan.FromSeconds(2)));
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    [Fact]
    public async Task Run_MalformedRowByDefault_FailsWithItsPlace()
    {
        RunContext run = NewRun(CancellationToken.None);
        var table = new FakeTable(Batches, RowsPerBatch) { RejectIn = 3 };
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => RunAsync(run, table, new FakeEncoder(run.Pool)));
        // Line 2 is where the data starts; three batches of 100 lines; the second line of the fourth.
        Assert.Equal(2 + 300 + 1, e.Position!.Value.Line);
        Assert.Equal(ErrorKind.FieldCount, e.Kind);
        Assert.Equal(0, run.Pool.OutstandingLeases);
    }

    [Fact]
    public async Task Run_TinyGate_StillCompletesParts()
    {
        // A part wants more rows than the gate lets in at once: the gatherer must close it by bytes instead of waiting for ever.
        RunContext run = NewRun(CancellationToken.None, FlowPlan.SmallestMemory);
        var encoder = new FakeEncoder(run.Pool, int.MaxValue);
        await RunAsync(run, new FakeTable(600, 20_000), encoder).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(600L * 20_000, encoder.Rows.Count);
        Assert.True(run.Budget.Peak < FlowPlan.SmallestMemory, $"{run.Budget.Peak} bytes in flight");
    }

    [Fact]
    public async Task Run_UnitsThatGrowWhenDecoded_KeepToTheGate()
    {
        // Nothing is held when a unit is read, and 1.6 MB once it is decoded; as many units as threads and queues take would be four times what the gate lets in.
        RunContext run = NewRun(CancellationToken.None, 128_000_000, threads: 16, unitBytes: 100_000);
        const int Unit = 200_000 * sizeof(long);
        await RunAsync(run, new FakeTable(150, Unit / sizeof(long)), new FakeEncoder(run.Pool, 250_000), accept: _ => Thread.Sleep(1));
        Assert.InRange(run.Budget.Peak, run.Flow.InFlightBytes / 4, run.Flow.InFlightBytes + (2 * Unit));
    }

    [Fact]
    public void UnitGrowth_NothingSeen_KnowsNothing()
    {
        var growth = new UnitGrowth();
        Assert.Null(growth.Of(100));
        growth.Observe(1000, 5000);
        growth.Observe(1000, 3000);
        Assert.Equal(400, growth.Of(100));
        growth.Observe(1_000_000, 0);
        // A unit holds its own bytes until it is decoded.
        Assert.Equal(100, growth.Of(100));
    }

    private static Task<PassResult> RunAsync(
        RunContext run,
        FakeTable table,
        FakeEncoder encoder,
        Action<RowBatch>? prepare = null,
        Action<RowBatch>? accept = null
    ) =>
        PipelineGraph.RunAsync(
            run,
            new PassSpec
            {
                Phase = "testing",
                Segments =
                [
                    new PassSegment
                    {
                        Side = new TableSide("input", [table]),
                        Plan = (_, columns) => [new PlanColumn("n", 0, columns[0].Type!.Value, ColumnMode.Convert)],
                        Prepare = prepare,
                        Accept = accept,
                    },
                ],
                Encoder = encoder,
                Output = Stream.Null,
                CountsRows = true,
            }
        );

    private static void SelectMultiples(RowBatch batch, int modulus)
    {
        int[] rows = batch.Lease.Rent<int>(batch.RowCount);
        int count = 0;
        for (int i = 0; i < batch.RowCount; i++)
        {
            rows[count] = i;
            count += (batch.FirstRow + i) % modulus == 0 ? 1 : 0;
        }
        batch.Select(rows, count);
    }

    private static RunContext NewRun(CancellationToken cancellationToken, long memory = 1L << 30, int threads = 2, int? unitBytes = null) =>
        new(
            new ConvertOptions
            {
                Inputs = [],
                Output = "unused",
                MemoryBytes = memory,
                TempDirectory = Path.GetTempPath(),
                Threads = threads,
                UnitBytes = unitBytes,
            },
            new RunReport { Verb = "convert" },
            null,
            cancellationToken
        );
}
