using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// A ledger in about twelve bytes a row, for one question: does the table have exactly this row? Of each record a 64-bit fingerprint of key, row hash and rank. Two rows are taken for
/// one where a fingerprint and the bits of the key hash that chose its place agree by chance: for ten million rows a day, once in a billion years.
/// <para>
/// Fingerprints lie in lines of 64 bytes, which is what memory hands out at once: seven of them behind a word of notes. The first bits of the key hash choose the line, so that a ledger,
/// which is in their order, is read into the table and held against it from front to back, while the rows of an input each cost one look into memory. A full line goes on in the
/// next ones; a record that finds no room near is left out, and its row settled later.
/// </para>
/// <para>
/// A row that the table has is settled by a mark, and need not be remembered. All others are remembered by the caller, and so is a second row of a key, even an equal one: order
/// decides between rows of one key. That a key has such rows is noted in a filter of its line, which may take other keys for it, so that a few rows are remembered without need.
/// </para>
/// </summary>
internal sealed class LedgerProbe : IDisposable
{
    private const int LineWords = 8;

    /// <summary>Of the seven fingerprints that a line has room for, those that it gets on average, in halves.</summary>
    private const int HalvesPerLine = 11;

    /// <summary>Lines in which a fingerprint may be.</summary>
    private const int Reach = 4;

    /// <summary>Notes: bit n says that the fingerprint in word n of the line is settled; those above are the filter of keys that have remembered rows.</summary>
    private const int FilterBits = 64 - LineWords;

    /// <summary>Keys whose lines are on their way from memory: a core asks for many at once.</summary>
    private const int Ahead = 96;

    private readonly MemoryBudget _budget;
    private readonly bool _ranked;
    private readonly bool _byRecord;

    /// <summary>Lines for each partition of the ledger.</summary>
    private readonly int _lines;
    private readonly NativeArray<ulong> _words;

    private LedgerProbe(long rows, LedgerDiffOptions options, MemoryBudget budget)
    {
        _budget = budget;
        _byRecord = options.ByRecord;
        _ranked = options.ByRecord || (options.HasDate && options.OneRank is null);
        _lines = Lines(rows);
        _words = new NativeArray<ulong>(LedgerFormat.Partitions * _lines * LineWords);
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
        if (rows == 0 || rows > int.MaxValue / 2 || Bytes(rows) > bytes || !budget.TryReserve(Bytes(rows)))
        {
            return null;
        }
        var probe = new LedgerProbe(rows, options, budget);
        try
        {
            long read = 0;
            await OpenLedger
                .ForEachRangeAsync(
                    store,
                    files,
                    options.Threads,
                    async (_, ledger, cancelled) =>
                        Interlocked.Add(ref read, await probe.ReadAsync(ledger, cancelled).ConfigureAwait(false)),
                    cancellationToken
                )
                .ConfigureAwait(false);
            return read == rows
                ? probe
                : throw LedgerReader.Damaged(store, files[^1].Path, $"the ledger has {read} rows where the commit record says {rows}");
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
        foreach (ref readonly Hash128 key in keys[..Math.Min(keys.Length, Ahead)])
        {
            Prefetch(key);
        }
        for (int i = 0; i < keys.Length; i++)
        {
            if (i + Ahead < keys.Length)
            {
                Prefetch(keys[i + Ahead]);
            }
            open[count] = i;
            count += Settle(keys[i], Print(keys[i], _byRecord ? 0 : rows[i].High, ranks.IsEmpty ? 0 : ranks[i])) ? 0 : 1;
        }
        return count;
    }

    /// <summary>
    /// Writes a bit for each record of the ledger, the first one's lowest: whether the row that it stands for was settled. <paramref name="places"/> goes on from the records before, from the
    /// first one of a partition on.
    /// </summary>
    public void FindSettled(ReadOnlySpan<KeyRecord> records, ref Places places, Span<ulong> settled)
    {
        for (int i = 0; i < records.Length; i++)
        {
            int word = places.Next(this, records[i].Key);
            // What was left out has the first word of all, which is notes, of which bit 0 is never set.
            ulong bit = _words[word & -LineWords] >> (word & (LineWords - 1)) & 1;
            settled[i >> 6] = i % 64 == 0 ? bit : settled[i >> 6] | (bit << i);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(_words.Bytes);
        _words.Dispose();
    }

    private static int Lines(long rows) => (int)(2 * rows / (LedgerFormat.Partitions * HalvesPerLine)) + 1;

    private static long Bytes(long rows) => (long)Lines(rows) * LedgerFormat.Partitions * LineWords * sizeof(ulong);

    /// <summary>Takes in the records of some partitions; returns how many. Others may be taken in at the same time.</summary>
    private async ValueTask<long> ReadAsync(LedgerState ledger, CancellationToken cancellationToken)
    {
        var block = new KeyRecord[LedgerState.BlockRecords];
        var places = new Places();
        long read = 0;
        int count;
        while ((count = await ledger.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
        {
            Take(block.AsSpan(0, count), ref places);
            read += count;
        }
        return read;
    }

    /// <summary>Takes in records; <paramref name="places"/> goes on from those before.</summary>
    private void Take(ReadOnlySpan<KeyRecord> records, ref Places places)
    {
        Places next = places;
        foreach (ref readonly KeyRecord record in records)
        {
            int word = next.Next(this, record.Key);
            if (word > 0)
            {
                _words[word] = Print(record);
            }
        }
        places = next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Print(in KeyRecord record) => Print(record.Key, _byRecord ? 0 : record.Row, record.Rank);

    /// <summary>Multiply and fold; never 0, which is an empty word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Print(in Hash128 key, ulong row, ulong rank)
    {
        ulong print = Folding.Fold(key.Low ^ Folding.P0, row ^ Folding.P1) ^ ulong.RotateLeft(key.High, 32);
        print = _ranked ? (print ^ rank) * Folding.Golden : print;
        return print == 0 ? 1 : print;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Settle(in Hash128 key, ulong print)
    {
        ref ulong line = ref Find(key, print, out int word);
        ref ulong home = ref _words[Home(key, out _)];
        ulong remembered = 1UL << (LineWords + key.Slot(FilterBits));
        if (word == 0)
        {
            home |= remembered;
            return false;
        }
        ulong mark = 1UL << word;
        bool settled = (line & mark) == 0 && (home & remembered) == 0;
        line |= settled ? mark : 0;
        return settled;
    }

    /// <summary>The first word of the line that a key hash chooses; <paramref name="left"/> are the lines from there to the end of its partition, where a search ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(in Hash128 key, out int left)
    {
        int line = (int)Math.BigMul(key.High << RecordStore.PartitionBits, (ulong)_lines, out _);
        left = _lines - line;
        return ((LedgerFormat.PartitionOf(key) * _lines) + line) * LineWords;
    }

    /// <summary>Finds a fingerprint: returns its line's notes, and the word's number in the line; 0 when it is nowhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref ulong Find(in Hash128 key, ulong print, out int word)
    {
        ref ulong line = ref _words[Home(key, out int left)];
        Vector256<ulong> wanted = Vector256.Create(print);
        for (int reach = Math.Min(left, Reach); ; reach--)
        {
            uint low = Vector256.Equals(Vector256.LoadUnsafe(ref line), wanted).ExtractMostSignificantBits();
            uint high = Vector256.Equals(Vector256.LoadUnsafe(ref line, LineWords / 2), wanted).ExtractMostSignificantBits();
            // The word of notes is none of those looked for.
            uint found = (low | (high << (LineWords / 2))) & ~1u;
            if (found != 0)
            {
                word = BitOperations.TrailingZeroCount(found);
                return ref line;
            }
            // Words are taken in order, so a line with an empty one was never gone beyond.
            if (reach == 1 || Unsafe.Add(ref line, LineWords - 1) == 0)
            {
                word = 0;
                return ref line;
            }
            line = ref Unsafe.Add(ref line, LineWords);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(in Hash128 key)
    {
        if (Sse.IsSupported)
        {
            // The next line as well: a search goes on from a full one, and waiting for it would take longer than all else together.
            ref ulong home = ref _words[Home(key, out _)];
            Sse.Prefetch0(Unsafe.AsPointer(ref home));
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref home, LineWords)));
        }
    }

    /// <summary>
    /// The words that the records of a ledger have, one after the other: since records come in the order of their lines, the words taken before are those up to the last one, and none needs to be
    /// searched for. Starts at the first record of any partition.
    /// </summary>
    internal struct Places
    {
        /// <summary>No record so far has this word or a later one.</summary>
        private int _free;

        /// <summary>The index of the next record's word; 0 when its lines are full, and it is left out.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Next(LedgerProbe probe, in Hash128 key)
        {
            int home = probe.Home(key, out int left);
            int word = Math.Max(_free, home + 1);
            word += (word & (LineWords - 1)) == 0 ? 1 : 0;
            if (word >= home + (Math.Min(left, Reach) * LineWords))
            {
                return 0;
            }
            _free = word + 1;
            return word;
        }
    }
}
