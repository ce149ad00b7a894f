using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Diff;

/// <summary>
/// Finds the keys that each side has once, in equal rows: those did not change. All other rows are left open, on both sides, and are for <see cref="SnapshotDiff"/>. What equal means is the
/// caller's choice: rows come with prints, 64-bit hashes of their values, or of their records' bytes, and then a row that is left open may still have the same values.
/// <para>
/// A table of lines of four rows of the side that is read first, 16 bytes each, looked up once for each row of the second; a full line goes on in the next. It knows keys by 32 bits of
/// their hashes: keys taken for one are left open, a few in a thousand of ten million. A row is settled only where its print agrees as well.
/// </para>
/// </summary>
internal sealed class RowSieve : IDisposable
{
    /// <summary>After so many rows of the second side it is known whether looking for equal ones is worth it.</summary>
    private const long TrialRows = 1 << 17;

    private const int Smallest = 1 << 14;

    /// <summary>Rows whose lines are on their way from memory: a core asks for many at once.</summary>
    private const int Ahead = 96;

    private readonly MemoryBudget _budget;
    private NativeArray<Line> _lines;
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
        budget.Reserve(Bytes(rows));
        _lines = new NativeArray<Line>(Lines(rows));
        _lines.TouchAhead();
    }

    /// <summary>False once comparing all rows at once is less work: most of the second side have no equal, or the table does not fit.</summary>
    public bool IsWorthwhile { get; private set; } = true;

    /// <summary>Bytes of memory for so many rows of the first side.</summary>
    public static long Bytes(long rows) => (long)Lines(rows) * Unsafe.SizeOf<Line>();

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
            Insert((uint)keys[i].Low, prints[i], (uint)(firstRow + i + 1));
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
            count += Settle((uint)keys[i].Low, prints[i]) ? 0 : 1;
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
        _budget.Release(_lines.Bytes);
        _lines.Dispose();
    }

    /// <summary>Two thirds full, so that a number of rows that was a little underestimated still fits.</summary>
    private static int Lines(long rows) => (int)Math.Clamp(rows / 2 * 3 / Line.Slots, Smallest, Line.MostRows / Line.Slots);

    /// <summary>Makes room for more rows, three quarters of the table at most; false when there is none.</summary>
    private bool HasRoom(int more)
    {
        long lines = _lines.Length;
        while (_firstRows + more > lines * Line.Slots / 4 * 3)
        {
            lines *= 2;
        }
        if (lines == _lines.Length)
        {
            return true;
        }
        if (lines > Line.MostRows / Line.Slots || !_budget.TryReserve(lines * Unsafe.SizeOf<Line>()))
        {
            return false;
        }
        NativeArray<Line> before = _lines;
        _lines = new NativeArray<Line>((int)lines);
        foreach (ref Line line in before.Span)
        {
            for (int slot = 0; slot < Line.Slots; slot++)
            {
                if (line.Place(slot) != 0)
                {
                    Insert(line.Key(slot), line.Print(slot), line.Place(slot) & ~Line.Marks);
                }
            }
        }
        _budget.Release(before.Bytes);
        before.Dispose();
        return true;
    }

    /// <summary>Adds a row of the first side; <paramref name="place"/> is its ordinal and one, and marks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Insert(uint key, ulong print, uint place)
    {
        for (int line = Home(key); ; line = line + 1 == _lines.Length ? 0 : line + 1)
        {
            ref Line there = ref _lines[line];
            uint free = there.Free;
            for (uint rows = there.Find(key) & ~free; rows != 0; rows &= rows - 1)
            {
                there.Place(BitOperations.TrailingZeroCount(rows)) |= Line.Contested;
                place |= Line.Contested;
            }
            if (free != 0)
            {
                int slot = BitOperations.TrailingZeroCount(free);
                there.Key(slot) = key;
                there.Place(slot) = place;
                there.Print(slot) = print;
                return;
            }
        }
    }

    /// <summary>True for the first row of a key that the first side has once, in an equal row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Settle(uint key, ulong print)
    {
        for (int line = Home(key); ; line = line + 1 == _lines.Length ? 0 : line + 1)
        {
            ref Line there = ref _lines[line];
            uint free = there.Free;
            uint rows = there.Find(key) & ~free;
            if (rows != 0)
            {
                int slot = BitOperations.TrailingZeroCount(rows);
                return Settle(ref there.Place(slot), isEqual: there.Print(slot) == print);
            }
            if (free != 0)
            {
                return false;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Settle(ref uint place, bool isEqual)
    {
        uint marks = place & Line.Marks;
        long ordinal = (place & ~Line.Marks) - 1;
        bool settled = isEqual && marks == 0;
        place |= settled ? Line.Seen : Line.Contested;
        if (settled)
        {
            _first.Clear(ordinal);
            _unchanged++;
        }
        else if (marks == Line.Seen)
        {
            _first.Set(ordinal);
            _equalled.Set(ordinal);
            _unchanged--;
        }
        return settled;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(uint key) => Hash128.Slot(key, _lines.Length);

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
            // The next line as well: one row in eleven lies there, and waiting for it takes as long as all the others together.
            ref Line home = ref _lines[Home((uint)key.Low)];
            Sse.Prefetch0(Unsafe.AsPointer(ref home));
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref home, 1)));
        }
    }

    /// <summary>
    /// Four rows of the first side, in a line of memory: four keys, four places, four prints. A search looks at all keys of a line at once; where they are one cannot foresee, and to
    /// look at them one by one is to guess wrong for every other row.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Line
    {
        public const int Slots = 4;

        /// <summary>The first row of the key on the second side is equal.</summary>
        public const uint Seen = 1u << 31;

        /// <summary>The key has other rows as well, on either side.</summary>
        public const uint Contested = 1u << 30;

        public const uint Marks = Seen | Contested;

        /// <summary>Ordinals are below.</summary>
        public const int MostRows = 1 << 30;

        private Vector128<uint> _keys;

        /// <summary>Ordinals and one, and marks; 0 where there is no row.</summary>
        private Vector128<uint> _places;
        private Vector256<ulong> _prints;

        /// <summary>A bit for each slot without a row.</summary>
        public readonly uint Free
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => Vector128.Equals(_places, Vector128<uint>.Zero).ExtractMostSignificantBits();
        }

        /// <summary>A bit for each slot that has this key, or is free and could have.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly uint Find(uint key) => Vector128.Equals(_keys, Vector128.Create(key)).ExtractMostSignificantBits();

        [UnscopedRef]
        public ref uint Key(int slot) => ref Unsafe.Add(ref Unsafe.As<Vector128<uint>, uint>(ref _keys), slot);

        [UnscopedRef]
        public ref uint Place(int slot) => ref Unsafe.Add(ref Unsafe.As<Vector128<uint>, uint>(ref _places), slot);

        [UnscopedRef]
        public ref ulong Print(int slot) => ref Unsafe.Add(ref Unsafe.As<Vector256<ulong>, ulong>(ref _prints), slot);
    }
}
