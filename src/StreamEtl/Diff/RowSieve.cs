using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Diff;

/// <summary>
/// Finds the keys that each side has once, in equal rows: those did not change. All other rows are left open, on both sides, and are for <see cref="SnapshotDiff"/>. What equal means is the
/// caller's choice: rows come with prints, 64-bit hashes of their values, or of their records' bytes, and then a row that is left open may still have the same values.
/// <para>
/// An open addressing table of 16 bytes a row of the side that is read first, looked up once for each row of the second. It knows keys by 32 bits of their hashes: keys taken for one are
/// left open, a few in a thousand of ten million. A row is settled only where its print agrees as well.
/// </para>
/// </summary>
internal sealed class RowSieve : IDisposable
{
    /// <summary>After so many rows of the second side it is known whether looking for equal ones is worth it.</summary>
    private const long TrialRows = 1 << 17;

    private const int Smallest = 1 << 16;

    /// <summary>Rows whose slots are on their way from memory: about as many as a core asks for at once.</summary>
    private const int Ahead = 24;

    private readonly MemoryBudget _budget;
    private NativeArray<Entry> _entries;
    private readonly GrowingBits _first = new();
    private readonly GrowingBits _equalled = new();
    private readonly GrowingBits _second = new();
    private long _firstRows;
    private long _secondRows;
    private long _openRows;
    private long _unchanged;

    /// <summary>Has seen nothing yet; has room for about <paramref name="rows"/> rows of the first side, and grows.</summary>
    public RowSieve(MemoryBudget budget, long rows)
    {
        _budget = budget;
        int slots = Slots(rows);
        budget.Reserve(Bytes(rows));
        _entries = new NativeArray<Entry>(slots);
    }

    /// <summary>False once comparing all rows at once is less work: most of the second side have no equal, or the table does not fit.</summary>
    public bool IsWorthwhile { get; private set; } = true;

    /// <summary>Bytes of memory for so many rows of the first side.</summary>
    public static long Bytes(long rows) => (long)Slots(rows) * Unsafe.SizeOf<Entry>();

    /// <summary>Sees rows of the first side, with the hashes of their keys and their prints.</summary>
    public void AddFirst(ReadOnlySpan<Hash128> keys, ReadOnlySpan<ulong> prints, long firstRow)
    {
        if (!HasRoom(keys.Length))
        {
            IsWorthwhile = false;
            return;
        }
        _first.Set(firstRow, keys.Length);
        PrefetchFirst(keys);
        for (int i = 0; i < keys.Length; i++)
        {
            PrefetchNext(keys, i);
            Insert(new Entry(prints[i], (uint)keys[i].Low, (uint)(firstRow + i + 1)));
        }
        _firstRows = firstRow + keys.Length;
    }

    /// <summary>Sees rows of the second side, after all of the first; writes the positions of those that stay open to <paramref name="open"/>, and returns how many.</summary>
    public int AddSecond(ReadOnlySpan<Hash128> keys, ReadOnlySpan<ulong> prints, long firstRow, Span<int> open)
    {
        int count = 0;
        PrefetchFirst(keys);
        for (int i = 0; i < keys.Length; i++)
        {
            PrefetchNext(keys, i);
            open[count] = i;
            count += Settle(keys[i], prints[i]) ? 0 : 1;
        }
        foreach (int i in open[..count])
        {
            _second.Set(firstRow + i);
        }
        _secondRows = firstRow + keys.Length;
        _openRows += count;
        IsWorthwhile &= _secondRows < TrialRows || _openRows < _secondRows / 2;
        return count;
    }

    /// <summary>What is open; nothing is added any more.</summary>
    public SievedRows Finish() =>
        new(
            new RowBitmap(_firstRows, _budget, _first.Words),
            new RowBitmap(_firstRows, _budget, _equalled.Words),
            new RowBitmap(_secondRows, _budget, _second.Words),
            _unchanged
        );

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(_entries.Bytes);
        _entries.Dispose();
    }

    /// <summary>Two thirds full, so that a number of rows that was a little underestimated still fits.</summary>
    private static int Slots(long rows) => SlotLine.Length(Math.Clamp(rows / 2 * 3, Smallest, Entry.MostRows));

    /// <summary>Makes room for more rows, three quarters of the table at most; false when there is none.</summary>
    private bool HasRoom(int more)
    {
        if (_firstRows + more <= _entries.Length / 4L * 3)
        {
            return true;
        }
        long slots = _entries.Length * 2L;
        if (slots > Entry.MostRows || !_budget.TryReserve(slots * Unsafe.SizeOf<Entry>()))
        {
            return false;
        }
        NativeArray<Entry> before = _entries;
        _entries = new NativeArray<Entry>((int)slots);
        foreach (ref readonly Entry entry in before.Span)
        {
            if (entry.Place != 0)
            {
                Insert(entry with { Place = entry.Place & ~Entry.Marks });
            }
        }
        _budget.Release(before.Bytes);
        before.Dispose();
        return true;
    }

    private void Insert(Entry entry)
    {
        int length = _entries.Length;
        int at = Hash128.Slot(entry.Key, length);
        for (int looked = 1; ; at = SlotLine.Next(at, looked++, length))
        {
            ref Entry there = ref _entries[at];
            if (there.Place == 0)
            {
                there = entry;
                return;
            }
            if (there.Key == entry.Key)
            {
                there = there with { Place = there.Place | Entry.Contested };
                entry = entry with { Place = entry.Place | Entry.Contested };
            }
        }
    }

    /// <summary>True for the first row of a key that the first side has once, in an equal row.</summary>
    private bool Settle(in Hash128 key, ulong print)
    {
        int length = _entries.Length;
        int at = key.Slot(length);
        for (int looked = 1; ; at = SlotLine.Next(at, looked++, length))
        {
            ref Entry there = ref _entries[at];
            if (there.Place == 0)
            {
                return false;
            }
            if (there.Key == (uint)key.Low)
            {
                uint marks = there.Place & Entry.Marks;
                bool settled = there.Print == print && marks == 0;
                there = there with { Place = there.Place | (settled ? Entry.Seen : Entry.Contested) };
                if (settled)
                {
                    _first.Clear(there.Ordinal);
                    _unchanged++;
                }
                else if (marks == Entry.Seen)
                {
                    _first.Set(there.Ordinal);
                    _equalled.Set(there.Ordinal);
                    _unchanged--;
                }
                return settled;
            }
        }
    }

    private void PrefetchFirst(ReadOnlySpan<Hash128> keys)
    {
        foreach (ref readonly Hash128 key in keys[..Math.Min(keys.Length, Ahead)])
        {
            Prefetch(key);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PrefetchNext(ReadOnlySpan<Hash128> keys, int row)
    {
        if (row + Ahead < keys.Length)
        {
            Prefetch(keys[row + Ahead]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(in Hash128 key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _entries[key.Slot(_entries.Length)]));
        }
    }

    /// <summary>A row of the first side.</summary>
    /// <param name="Print">Its print.</param>
    /// <param name="Key">Bits of its key's hash.</param>
    /// <param name="Place">Its ordinal and one, and marks in the top bits; 0 where there is no row.</param>
    private readonly record struct Entry(ulong Print, uint Key, uint Place)
    {
        /// <summary>Ordinals are below.</summary>
        public const int MostRows = 1 << 30;

        /// <summary>The first row of the key on the second side is equal.</summary>
        public const uint Seen = 1u << 31;

        /// <summary>The key has other rows as well, on either side.</summary>
        public const uint Contested = 1u << 30;

        public const uint Marks = Seen | Contested;

        public long Ordinal => (Place & ~Marks) - 1;
    }
}
