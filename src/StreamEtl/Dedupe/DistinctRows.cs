using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>
/// Keeps the first row of each hash, while rows stream by: open addressing over 16-byte hashes in 16 tables by the top bits, each growing on its own and by half, so
/// that growth never doubles the whole. Lines are prefetched, because a table of this size misses every cache.
/// </summary>
/// <param name="budget">Charged with the tables.</param>
/// <param name="expected">About how many rows will be kept: there is room for so many from the first on, or none is made before it is needed when that is 0.</param>
internal sealed class DistinctRows(MemoryBudget budget, long expected) : IDisposable
{
    /// <summary>Estimate for plans: a table is between half and three quarters full.</summary>
    public const int BytesPerRow = 28;

    private const int TableBits = 4;
    private const int FewestLines = 1024;

    /// <summary>Rows whose lines are on their way from memory: a core asks for many at once.</summary>
    private const int Ahead = 96;

    /// <summary>Of what is expected, a sixteenth more: an estimate that is a little low must not make every table grow at the very end.</summary>
    private readonly int _firstLines = (int)
        Math.Clamp(((expected + (expected / 16)) * 4 / 3 >> TableBits) / Line.Slots, FewestLines, int.MaxValue / 32 / Line.Slots);
    private readonly Table[] _tables = new Table[1 << TableBits];
    private long _reserved;

    /// <summary>Writes the positions of rows whose hash is new into <paramref name="rows"/>; returns how many, or -1 when the budget has no room.</summary>
    public int Filter(ReadOnlySpan<Hash128> hashes, Span<int> rows)
    {
        int kept = 0;
        for (int i = 0; i < hashes.Length; i++)
        {
            if (i + Ahead < hashes.Length)
            {
                Prefetch(hashes[i + Ahead]);
            }
            // All zeros marks a free slot.
            Hash128 hash = hashes[i] == default ? new Hash128(0, 1) : hashes[i];
            ref Table table = ref _tables[hash.High >> (64 - TableBits)];
            if (table.Room == 0 && !TryGrow(ref table))
            {
                return -1;
            }
            rows[kept] = i;
            kept += table.Add(hash) ? 1 : 0;
        }
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Release(_reserved);
        _reserved = 0;
        foreach (Table table in _tables)
        {
            table.Lines?.Dispose();
        }
        Array.Clear(_tables);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(in Hash128 hash)
    {
        ref readonly Table table = ref _tables[hash.High >> (64 - TableBits)];
        if (Sse.IsSupported && table.Lines is { } lines)
        {
            // The next line as well: one row in eleven lies there, and waiting for it takes as long as all the others together.
            ref Line home = ref lines[hash.Slot(lines.Length)];
            Sse.Prefetch0(Unsafe.AsPointer(ref home));
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref home, 1)));
        }
    }

    private bool TryGrow(ref Table table)
    {
        NativeArray<Line>? old = table.Lines;
        int length = old is null ? _firstLines : old.Length + (old.Length / 2);
        long bytes = (long)length * Unsafe.SizeOf<Line>();
        if (!budget.TryReserve(bytes))
        {
            return false;
        }
        _reserved += bytes;
        // A search gets long quickly when a table is fuller than that.
        table = new Table(new NativeArray<Line>(length), length * Line.Slots / 4 * 3);
        table.Lines!.TouchAhead();
        foreach (Hash128 hash in old is null ? [] : MemoryMarshal.Cast<Line, Hash128>(old.Span))
        {
            if (hash != default)
            {
                table.Add(hash);
            }
        }
        long freed = old?.Bytes ?? 0;
        old?.Dispose();
        budget.Release(freed);
        _reserved -= freed;
        return true;
    }

    /// <summary>One table, and how many more it takes.</summary>
    private struct Table(NativeArray<Line> lines, int room)
    {
        public readonly NativeArray<Line>? Lines = lines;
        public int Room = room;

        /// <summary>True when the hash is new. There must be room, and the hash not be all zeros.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Add(in Hash128 hash)
        {
            NativeArray<Line> all = Lines!;
            for (int line = hash.Slot(all.Length); ; line = line + 1 == all.Length ? 0 : line + 1)
            {
                ref Line there = ref all[line];
                if (there.Find(hash) != 0)
                {
                    return false;
                }
                uint free = there.Find(default);
                if (free != 0)
                {
                    there.Put(BitOperations.TrailingZeroCount(free) / 2, hash);
                    Room--;
                    return true;
                }
            }
        }
    }

    /// <summary>
    /// Four hashes in a line of memory, all zeros where there is none. A search looks at all of a line at once; where a hash is one cannot foresee, and to look at them one by one is to guess
    /// wrong for every other row.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Line
    {
        public const int Slots = 4;

        private Vector256<ulong> _one;
        private Vector256<ulong> _other;

        /// <summary>Writes a hash, in one store: what is put together in memory first must be waited for.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Put(int slot, in Hash128 hash) =>
            Unsafe.Add(ref Unsafe.As<Vector256<ulong>, Vector128<ulong>>(ref _one), slot) = Vector128.Create(hash.High, hash.Low);

        /// <summary>Bit 2n is set where slot n has this hash.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly uint Find(in Hash128 hash)
        {
            Vector256<ulong> wanted = Vector256.Create(Vector128.Create(hash.High, hash.Low));
            uint halves =
                Vector256.Equals(_one, wanted).ExtractMostSignificantBits()
                | (Vector256.Equals(_other, wanted).ExtractMostSignificantBits() << 4);
            return halves & (halves >> 1) & 0x55;
        }
    }
}
