using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Diff;

/// <summary>
/// Finds the keys that each side has once, in equal rows: those did not change. All other rows are left open, on both sides, and are for <see cref="SnapshotDiff"/>. What equal means is the
/// caller's choice: rows come with prints, 64-bit hashes of their values, or of their records' bytes, and then a row that is left open may still have the same values.
/// <para>
/// An open addressing table of 16 bytes a row of OLD, looked up once for each row of NEW. It knows keys by 32 bits of their hashes: keys taken for one are left open, a few in a
/// thousand of ten million. A row is settled only where its print agrees as well.
/// </para>
/// </summary>
internal sealed class RowSieve : IDisposable
{
    /// <summary>After so many rows of NEW it is known whether looking for equal ones is worth it.</summary>
    private const long TrialRows = 1 << 17;

    private const int Smallest = 1 << 16;
    private const int Stride = 64;

    private readonly MemoryBudget _budget;
    private NativeArray<Entry> _entries;
    private ulong[] _open = [];
    private long _oldRows;
    private long _newRows;
    private long _openRows;

    /// <summary>Has seen nothing yet; has room for about <paramref name="rows"/> rows of OLD, and grows.</summary>
    public RowSieve(MemoryBudget budget, long rows)
    {
        _budget = budget;
        int slots = Slots(rows);
        budget.Reserve(Bytes(rows));
        _entries = new NativeArray<Entry>(slots);
    }

    /// <summary>False once comparing all rows at once is less work: most of NEW have no equal, or the table does not fit.</summary>
    public bool IsWorthwhile { get; private set; } = true;

    /// <summary>Bytes of memory for so many rows of OLD.</summary>
    public static long Bytes(long rows) => (long)Slots(rows) * Unsafe.SizeOf<Entry>();

    /// <summary>Sees rows of OLD, with the hashes of their keys and their prints.</summary>
    public void AddOld(ReadOnlySpan<Hash128> keys, ReadOnlySpan<ulong> prints, long firstRow)
    {
        if (!HasRoom(keys.Length))
        {
            IsWorthwhile = false;
            return;
        }
        for (int i = 0; i < keys.Length; i++)
        {
            if (i % Stride == 0)
            {
                Prefetch(keys[i..]);
            }
            Insert(new Entry(prints[i], (uint)keys[i].Low, (uint)(firstRow + i + 1)));
        }
        _oldRows = firstRow + keys.Length;
    }

    /// <summary>Sees rows of NEW, after all of OLD; writes the positions of those that stay open to <paramref name="open"/>, and returns how many.</summary>
    public int AddNew(ReadOnlySpan<Hash128> keys, ReadOnlySpan<ulong> prints, long firstRow, Span<int> open)
    {
        int count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            if (i % Stride == 0)
            {
                Prefetch(keys[i..]);
            }
            open[count] = i;
            count += Settle(keys[i], prints[i]) ? 0 : 1;
        }
        _newRows = firstRow + keys.Length;
        Remember(open[..count], firstRow);
        _openRows += count;
        IsWorthwhile &= _newRows < TrialRows || _openRows < _newRows / 2;
        return count;
    }

    /// <summary>What is open; nothing is added any more.</summary>
    public SievedRows Finish()
    {
        var rows = new SievedRows(new RowBitmap(_oldRows, _budget), new RowBitmap(_oldRows, _budget), new RowBitmap(_newRows, _budget));
        foreach (ref readonly Entry entry in _entries.Span)
        {
            if (entry.Place == 0)
            {
                continue;
            }
            if ((entry.Place & Entry.Marks) == Entry.Seen)
            {
                rows.Unchanged++;
                continue;
            }
            rows.Old.Set(entry.Ordinal);
            if ((entry.Place & Entry.Seen) != 0)
            {
                rows.Equalled.Set(entry.Ordinal);
            }
        }
        for (int w = 0; w < _open.Length; w++)
        {
            for (ulong word = _open[w]; word != 0; word &= word - 1)
            {
                rows.New.Set(((long)w << 6) + BitOperations.TrailingZeroCount(word));
            }
        }
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(_entries.Bytes);
        _entries.Dispose();
    }

    /// <summary>Two thirds full, so that a number of rows that was a little underestimated still fits.</summary>
    private static int Slots(long rows) => (int)Math.Clamp(rows / 2 * 3, Smallest, Entry.MostRows);

    /// <summary>Makes room for more rows, three quarters of the table at most; false when there is none.</summary>
    private bool HasRoom(int more)
    {
        if (_oldRows + more <= _entries.Length / 4L * 3)
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
        for (int at = Hash128.Slot(entry.Key, _entries.Length); ; at = at + 1 == _entries.Length ? 0 : at + 1)
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

    /// <summary>True for the first row of a key that OLD has once, in an equal row.</summary>
    private bool Settle(in Hash128 key, ulong print)
    {
        for (int at = key.Slot(_entries.Length); ; at = at + 1 == _entries.Length ? 0 : at + 1)
        {
            ref Entry there = ref _entries[at];
            if (there.Place == 0)
            {
                return false;
            }
            if (there.Key == (uint)key.Low)
            {
                bool settled = there.Print == print && (there.Place & Entry.Marks) == 0;
                there = there with { Place = there.Place | (settled ? Entry.Seen : Entry.Contested) };
                return settled;
            }
        }
    }

    private void Remember(ReadOnlySpan<int> open, long firstRow)
    {
        long words = (_newRows + 63) >> 6;
        if (words > _open.Length)
        {
            Array.Resize(ref _open, (int)Math.Max(words, _open.Length * 2L));
        }
        foreach (int i in open)
        {
            long row = firstRow + i;
            _open[row >> 6] |= 1UL << (int)row;
        }
    }

    private unsafe void Prefetch(ReadOnlySpan<Hash128> keys)
    {
        if (!Sse.IsSupported)
        {
            return;
        }
        foreach (ref readonly Hash128 key in keys[..Math.Min(keys.Length, Stride)])
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref _entries[key.Slot(_entries.Length)]));
        }
    }

    /// <summary>A row of OLD.</summary>
    /// <param name="Print">Its print.</param>
    /// <param name="Key">Bits of its key's hash.</param>
    /// <param name="Place">Its ordinal and one, and marks in the top bits; 0 where there is no row.</param>
    private readonly record struct Entry(ulong Print, uint Key, uint Place)
    {
        /// <summary>Ordinals are below.</summary>
        public const int MostRows = 1 << 30;

        /// <summary>The first row of the key on NEW is equal.</summary>
        public const uint Seen = 1u << 31;

        /// <summary>The key has other rows as well, on either side.</summary>
        public const uint Contested = 1u << 30;

        public const uint Marks = Seen | Contested;

        public long Ordinal => (Place & ~Marks) - 1;
    }
}
