using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;

namespace StreamEtl.Tests.Pipeline;

/// <summary>Collects the integers that reach it, in the order in which they are written; can be slow or fail where a test wants it to.</summary>
internal sealed class FakeEncoder(BufferPool pool, int rowsPerPart = 0) : IBatchEncoder
{
    private int _encoded;
    private int _written;

    public Action<int>? OnEncode { get; init; }

    public Action<int>? OnWrite { get; init; }

    public TimeSpan WriteDelay { get; init; }

    public List<long> Rows { get; } = [];

    public int RowsPerPart { get; } = rowsPerPart;

    public EncodedPart Encode(IReadOnlyList<RowBatch> batches)
    {
        OnEncode?.Invoke(Interlocked.Increment(ref _encoded) - 1);
        var part = new Part(pool.Lease(), batches.Sum(b => b.SelectedCount));
        foreach (RowBatch batch in batches)
        {
            for (int i = 0; i < batch.SelectedCount; i++)
            {
                part.Values.Add(batch.Columns[0]!.Longs![batch.Selection?[i] ?? i]);
            }
        }
        return part;
    }

    public ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        OnWrite?.Invoke(_written++);
        if (WriteDelay > TimeSpan.Zero)
        {
            await Task.Delay(WriteDelay, cancellationToken);
        }
        Rows.AddRange(((Part)part).Values);
    }

    public ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private sealed class Part(BufferLease lease, int rows) : EncodedPart(lease, rows, [0])
    {
        public List<long> Values { get; } = [];
    }
}
