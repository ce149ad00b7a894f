using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;

namespace StreamEtl.Pipeline;

/// <summary>
/// What a run remembers of the rows that it wrote: the first ones, in output order, as JSON objects under their types, and one number made of all of them. Filled while the output is
/// written, and bounded: beyond <paramref name="mostRows"/> rows or <paramref name="mostBytes"/> bytes of JSON nothing is kept.
/// </summary>
public sealed class RowSample(int mostRows, int mostBytes)
{
    private const int Start = 4096;

    private readonly List<byte[]> _rows = [];
    private UInt128 _digest;
    private long _bytes;
    private bool _full;

    /// <summary>The first rows, each one JSON object in UTF-8 as NDJSON has it, without the line feed.</summary>
    public IReadOnlyList<byte[]> Rows => _rows;

    /// <summary>True once the output stands, so that the rest means something.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Rows written.</summary>
    public long Count { get; private set; }

    /// <summary>
    /// 32 lower-case hexadecimal digits: the sum, modulo 2^128, of the hashes that <see cref="Hashing.RowHasher"/> makes of the rows written, so that the order of rows does not matter. Types
    /// enter as scale and unit: 1.5 in a column of one decimal differs from 1.5 in one of two.
    /// </summary>
    public string Digest => _digest.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Forgets everything: the output is written from the beginning.</summary>
    internal void Clear()
    {
        _rows.Clear();
        (_digest, _bytes, Count, _full, IsComplete) = (0, 0, 0, false, false);
    }

    /// <summary>Takes the selected rows of a batch, in output order.</summary>
    /// <param name="batch">With its row hashes.</param>
    /// <param name="columns">The columns to keep, typed.</param>
    /// <param name="rows">Makes JSON of them.</param>
    /// <param name="pool">For the time of the call.</param>
    internal void Add(RowBatch batch, Column[] columns, JsonRows rows, BufferPool pool)
    {
        ReadOnlySpan<Hash128> hashes = batch.RowHashes;
        for (int i = 0; i < batch.SelectedCount; i++)
        {
            Hash128 hash = hashes[RowAt(batch, i)];
            _digest += new UInt128(hash.High, hash.Low);
        }
        Count += batch.SelectedCount;
        if (!_full && batch.SelectedCount > 0)
        {
            Keep(batch, columns, rows, pool);
        }
    }

    /// <summary>The output stands.</summary>
    internal void Complete() => IsComplete = true;

    private void Keep(RowBatch batch, Column[] columns, JsonRows rows, BufferPool pool)
    {
        using BufferLease lease = pool.Lease();
        var text = new ByteBuffer(lease, Start);
        long[] nulls = new long[columns.Length];
        for (int i = 0; i < batch.SelectedCount && !_full; i++)
        {
            text.Clear();
            rows.Add(columns, RowAt(batch, i), text, nulls);
            _bytes += text.Length;
            _full = _bytes > mostBytes;
            if (!_full)
            {
                _rows.Add(text.Written.ToArray());
                _full = _rows.Count == mostRows;
            }
        }
    }

    private static int RowAt(RowBatch batch, int selected) => batch.Selection is { } selection ? selection[selected] : selected;
}
