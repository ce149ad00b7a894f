using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// A ledger in about ten bytes a row, for one question: does the table have exactly this row? Of each record, in the order of the ledger, a 64-bit fingerprint of key, row
/// hash and rank; a directory by the first bits of the key hash finds the few that a key may be at. Two rows are taken for one where a fingerprint and those bits agree by
/// chance: for ten million rows a day, once in a billion years.
/// <para>
/// A row that the table has is settled by a mark, and need not be remembered. All others are remembered by the caller, and so is a second row of a key, even an equal one: order
/// decides between rows of one key. That a key has such rows is noted in a filter, which may take other keys for it, so that a few rows are remembered without need.
/// </para>
/// </summary>
internal sealed class LedgerProbe : IDisposable
{
    private const int BlockRecords = 8192;
    private const int PerBucket = 4;

    /// <summary>Keys looked up together, so that their lines of memory are fetched at once.</summary>
    private const int Stride = 64;

    private readonly MemoryBudget _budget;
    private readonly bool _ranked;
    private readonly bool _byRecord;
    private readonly int _shift;
    private readonly int _filterMask;
    private readonly NativeArray<ulong> _prints;
    private readonly NativeArray<int> _starts;
    private readonly NativeArray<ulong> _seen;
    private readonly NativeArray<ulong> _filter;

    private LedgerProbe(int rows, LedgerDiffOptions options, MemoryBudget budget)
    {
        _budget = budget;
        _byRecord = options.ByRecord;
        _ranked = options.ByRecord || (options.HasDate && options.OneRank is null);
        int buckets = Buckets(rows);
        _shift = 64 - BitOperations.Log2((uint)buckets);
        _prints = new NativeArray<ulong>(rows);
        _starts = new NativeArray<int>(buckets + 1);
        _seen = new NativeArray<ulong>((rows + 63) >> 6);
        int filter = FilterWords(rows);
        _filterMask = (filter * 64) - 1;
        _filter = new NativeArray<ulong>(filter);
    }

    /// <summary>
    /// Reads a ledger of <paramref name="rows"/> live rows into memory; null when it would take more than <paramref name="bytes"/>, or the budget has no room.
    /// </summary>
    public static async ValueTask<LedgerProbe?> TryReadAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        long rows,
        LedgerDiffOptions options,
        MemoryBudget budget,
        long bytes,
        CancellationToken cancellationToken
    )
    {
        if (rows == 0 || rows > int.MaxValue / 2 || Bytes((int)rows) > bytes || !budget.TryReserve(Bytes((int)rows)))
        {
            return null;
        }
        var probe = new LedgerProbe((int)rows, options, budget);
        try
        {
            await probe.ReadAsync(store, files, cancellationToken).ConfigureAwait(false);
            return probe;
        }
        catch
        {
            probe.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Settles the rows that the table has; writes the positions of the others to <paramref name="open"/> and returns how many. By record <paramref name="rows"/> is empty, and
    /// <paramref name="ranks"/> are the hashes of the records; else <paramref name="ranks"/> may be empty.
    /// </summary>
    public int Settle(ReadOnlySpan<Hash128> keys, ReadOnlySpan<Hash128> rows, ReadOnlySpan<ulong> ranks, Span<int> open)
    {
        int count = 0;
        for (int first = 0; first < keys.Length; first += Stride)
        {
            int end = Math.Min(keys.Length, first + Stride);
            Prefetch(keys[first..end]);
            for (int i = first; i < end; i++)
            {
                open[count] = i;
                count += Settle(keys[i], Print(keys[i], _byRecord ? 0 : rows[i].High, ranks.IsEmpty ? 0 : ranks[i])) ? 0 : 1;
            }
        }
        return count;
    }

    /// <summary>Whether the ledger's record of a number, in its order, was settled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsSettled(int record) => (_seen[record >> 6] >> record & 1) != 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(Bytes(_prints.Length));
        _prints.Dispose();
        _starts.Dispose();
        _seen.Dispose();
        _filter.Dispose();
    }

    private static int Buckets(int rows) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, rows / PerBucket));

    /// <summary>Four bits a row at least.</summary>
    private static int FilterWords(int rows) => (int)BitOperations.RoundUpToPowerOf2((uint)(rows / 16) + 1);

    private static long Bytes(int rows) =>
        ((long)rows * sizeof(ulong)) + ((Buckets(rows) + 1L) * sizeof(int)) + ((((rows + 63L) >> 6) + FilterWords(rows)) * sizeof(ulong));

    private async ValueTask ReadAsync(IObjectStore store, IReadOnlyList<LedgerFile> files, CancellationToken cancellationToken)
    {
        LedgerState ledger = await LedgerState.OpenAsync(store, files, cancellationToken).ConfigureAwait(false);
        await using (ledger.ConfigureAwait(false))
        {
            var block = new KeyRecord[BlockRecords];
            int filled = 0;
            int bucket = 0;
            int count;
            while ((count = await ledger.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                if (count > _prints.Length - filled)
                {
                    throw LedgerReader.Damaged(
                        store,
                        files[^1].Path,
                        $"the ledger has more than the {_prints.Length} rows that the commit record says"
                    );
                }
                Fill(block.AsSpan(0, count), ref filled, ref bucket);
            }
            if (filled != _prints.Length)
            {
                throw LedgerReader.Damaged(
                    store,
                    files[^1].Path,
                    $"the ledger has {filled} rows where the commit record says {_prints.Length}"
                );
            }
            _starts.Span[bucket..].Fill(filled);
        }
    }

    private void Fill(ReadOnlySpan<KeyRecord> records, ref int filled, ref int bucket)
    {
        foreach (ref readonly KeyRecord record in records)
        {
            int own = (int)(record.Key.High >> _shift);
            while (bucket <= own)
            {
                _starts[bucket++] = filled;
            }
            _prints[filled++] = Print(record.Key, _byRecord ? 0 : record.Row, record.Rank);
        }
    }

    /// <summary>Multiply and fold, as <see cref="LedgerFormat.Digest"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Print(in Hash128 key, ulong row, ulong rank)
    {
        ulong high = Math.BigMul(key.Low ^ 0xA0761D6478BD642F, row ^ 0xE7037ED1A0B428DB, out ulong low);
        ulong print = high ^ low ^ ulong.RotateLeft(key.High, 32);
        return _ranked ? (print ^ rank) * 0x9E3779B97F4A7C15 : print;
    }

    private bool Settle(in Hash128 key, ulong print)
    {
        int bucket = (int)(key.High >> _shift);
        int end = _starts[bucket + 1];
        int bit = (int)(key.Low >> 7) & _filterMask;
        ref ulong filter = ref _filter[bit >> 6];
        for (int at = _starts[bucket]; at < end; at++)
        {
            if (_prints[at] == print)
            {
                ref ulong seen = ref _seen[at >> 6];
                ulong mark = 1UL << at;
                bool settled = (seen & mark) == 0 && (filter >> bit & 1) == 0;
                seen |= settled ? mark : 0;
                return settled;
            }
        }
        filter |= 1UL << bit;
        return false;
    }

    private unsafe void Prefetch(ReadOnlySpan<Hash128> keys)
    {
        if (!Sse.IsSupported)
        {
            return;
        }
        foreach (ref readonly Hash128 key in keys)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _starts[(int)(key.High >> _shift)]));
        }
        foreach (ref readonly Hash128 key in keys)
        {
            int start = _starts[(int)(key.High >> _shift)];
            if (start < _prints.Length)
            {
                Sse.Prefetch0(Unsafe.AsPointer(ref _prints[start]));
            }
            Sse.Prefetch0(Unsafe.AsPointer(ref _filter[((int)(key.Low >> 7) & _filterMask) >> 6]));
        }
    }
}
