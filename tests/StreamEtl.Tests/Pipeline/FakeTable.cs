using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Pipeline;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Pipeline;

/// <summary>A table of one integer column, rows 0, 1, 2, …, in batches of a given size, that can fail where a test wants it to.</summary>
internal sealed class FakeTable(int batches, int rowsPerBatch) : TableInput
{
    public Action<int>? OnRead { get; init; }

    public Action<int>? OnDecode { get; init; }

    /// <summary>Sees the units that are disposed without having been decoded.</summary>
    public Action<int>? OnDispose { get; init; }

    /// <summary>Batch that claims a contradiction on the first reading, or -1.</summary>
    public int Contradiction { get; init; } = -1;

    public int Reads { get; private set; }

    public override SourceInfo Info { get; } = new("fake", 1000);

    public override ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IRowSource>(new Source(this, run.Pool));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Source(FakeTable table, BufferPool pool) : IRowSource
    {
        private int _next;

        public SourceInfo Info => table.Info;

        public long Position => _next;

        public long FirstLine => 2;

        public IReadOnlyList<string> Warnings => [];

        public IReadOnlyList<SourceColumn> Columns { get; } = [new SourceColumn("n", ColumnType.Integer)];

        public ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_next == table.BatchCount)
            {
                return ValueTask.FromResult<SourceUnit?>(null);
            }
            table.OnRead?.Invoke(_next);
            table.Reads++;
            return ValueTask.FromResult<SourceUnit?>(new Unit(table, pool.Lease(), _next++));
        }

        public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan)
        {
            int number = ((Unit)unit).Number;
            table.OnDecode?.Invoke(number);
            long[] values = unit.Lease.Rent<long>(table.RowsPerBatch);
            for (int i = 0; i < table.RowsPerBatch; i++)
            {
                values[i] = ((long)number * table.RowsPerBatch) + i;
            }
            var column = new Column
            {
                Type = ColumnType.Integer,
                Count = table.RowsPerBatch,
                Longs = values,
            };
            return new RowBatch(unit.Lease, table.RowsPerBatch, [column])
            {
                InputBytes = unit.InputBytes,
                LineCount = table.RowsPerBatch,
                Contradicted = number == table.Contradiction,
                Rejects = table.RejectIn == number ? [new RejectedRecord(ErrorKind.FieldCount, "fake", 1, 10, null, "bad row")] : [],
            };
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public int BatchCount { get; } = batches;

    public int RowsPerBatch { get; } = rowsPerBatch;

    /// <summary>Batch that has one malformed row besides its good ones, or -1.</summary>
    public int RejectIn { get; init; } = -1;

    private sealed class Unit(FakeTable table, BufferLease lease, int number) : SourceUnit(lease)
    {
        public int Number { get; } = number;

        public override long InputBytes => 1000;

        public override void Dispose()
        {
            base.Dispose();
            table.OnDispose?.Invoke(Number);
        }
    }
}
