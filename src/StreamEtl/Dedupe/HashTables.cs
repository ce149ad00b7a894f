using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>
/// Hashes, each once: open addressing over entries of 16 bytes in 16 tables by the top bits, each growing on its own and by half, so that growth never doubles the whole. Lines are prefetched,
/// because a table of this size misses every cache. An entry is a hash, or most of one and what the owner keeps in the other bits, which it names in a mask; all zeros is none.
/// </summary>
/// <param name="budget">Charged with the tables.</param>
/// <param name="expected">About how many hashes there will be: there is room for so many from the first on, or none is made before it is needed when that is 0.</param>
internal sealed class HashTables(MemoryBudget budget, long expected) : IDisposable
{
    /// <summary>Estimate for plans: a table is between half and three quarters full.</summary>
    public const int BytesPerHash = 28;

    /// <summary>Hashes whose lines are on their way from memory: a core asks for many at once.</summary>
    private const int Ahead = 96;

    private const int TableBits = 4;
    private const int FewestLines = 1024;

    /// <summary>Of what is expected, a sixteenth more: an estimate that is a little low must not make every table grow at the very end.</summary>
    private readonly int _firstLines = (int)
        Math.Clamp(((expected + (expected / 16)) * 4 / 3 >> TableBits) / Line.Slots, FewestLines, int.MaxValue / 32 / Line.Slots);
    private readonly Table[] _tables = new Table[1 << TableBits];
    private long _reserved;

    /// <summary>The table of a hash, with room for one more; a null reference when the budget has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Table For(in Hash128 hash)
    {
        ref Table table = ref _tables[hash.High >> (64 - TableBits)];
        return ref table.Room > 0 || TryGrow(ref table) ? ref table : ref Unsafe.NullRef<Table>();
    }

    /// <summary>An entry of these bits. All zeros, which would be none, are one with another hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Hash128 Entry(ulong high, ulong low) => new(high, (high | low) == 0 ? 1 : low);

    /// <summary>Has the lines fetched that will be needed some hashes after <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchAhead(ReadOnlySpan<Hash128> hashes, int at)
    {
        if (at + Ahead < hashes.Length)
        {
            Prefetch(hashes[at + Ahead]);
        }
    }

    /// <summary>The table's next line as well: one hash in eleven lies there, and waiting for it takes as long as all the others together.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(in Hash128 hash)
    {
        ref readonly Table table = ref _tables[hash.High >> (64 - TableBits)];
        if (Sse.IsSupported && table.Lines is { } lines)
        {
            ref Line home = ref lines[hash.Slot(lines.Length)];
            Sse.Prefetch0(Unsafe.AsPointer(ref home));
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref home, 1)));
        }
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
        foreach (Hash128 entry in old is null ? [] : MemoryMarshal.Cast<Line, Hash128>(old.Span))
        {
            if (entry != default)
            {
                table.FindOrAdd(entry, Vector128<ulong>.AllBitsSet, out _);
            }
        }
        long freed = old?.Bytes ?? 0;
        old?.Dispose();
        budget.Release(freed);
        _reserved -= freed;
        return true;
    }

    /// <summary>One table, and how many more it takes.</summary>
    internal struct Table(NativeArray<Line> lines, int room)
    {
        public readonly NativeArray<Line>? Lines = lines;
        public int Room = room;

        /// <summary>
        /// The entry that equals <paramref name="entry"/> in the bits of <paramref name="mask"/> (those of <see cref="Hash128.High"/> first), or else the given one, added. There must be room. The mask has all bits of
        /// <see cref="Hash128.Low"/> and the top ones of <see cref="Hash128.High"/>, and the entry one of them.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref Hash128 FindOrAdd(in Hash128 entry, Vector128<ulong> mask, out bool isNew)
        {
            NativeArray<Line> all = Lines!;
            for (int line = entry.Slot(all.Length); ; line = line + 1 == all.Length ? 0 : line + 1)
            {
                ref Line there = ref all[line];
                uint found = there.Find(entry, mask);
                if (found != 0)
                {
                    isNew = false;
                    return ref there.At(BitOperations.TrailingZeroCount(found) / 2);
                }
                uint free = there.Find(default, Vector128<ulong>.AllBitsSet);
                if (free != 0)
                {
                    Room--;
                    isNew = true;
                    return ref there.Put(BitOperations.TrailingZeroCount(free) / 2, entry);
                }
            }
        }
    }

    /// <summary>
    /// Four entries in a line of memory, all zeros where there is none. A search looks at all of a line at once; where a hash is one cannot foresee, and to look at them one by one is to guess
    /// wrong for every other row.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Line
    {
        public const int Slots = 4;

        private Vector256<ulong> _one;
        private Vector256<ulong> _other;

        /// <summary>An entry.</summary>
        [UnscopedRef]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref Hash128 At(int slot) => ref Unsafe.Add(ref Unsafe.As<Vector256<ulong>, Hash128>(ref _one), slot);

        /// <summary>Writes an entry, in one store: what is put together in memory first must be waited for.</summary>
        [UnscopedRef]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref Hash128 Put(int slot, in Hash128 entry)
        {
            ref Hash128 there = ref At(slot);
            Unsafe.As<Hash128, Vector128<ulong>>(ref there) = Vector128.Create(entry.High, entry.Low);
            return ref there;
        }

        /// <summary>Bit 2n is set where slot n equals the entry in the bits of the mask.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly uint Find(in Hash128 entry, Vector128<ulong> mask)
        {
            Vector256<ulong> masks = Vector256.Create(mask);
            Vector256<ulong> wanted = Vector256.Create(Vector128.Create(entry.High, entry.Low)) & masks;
            uint halves =
                Vector256.Equals(_one & masks, wanted).ExtractMostSignificantBits()
                | (Vector256.Equals(_other & masks, wanted).ExtractMostSignificantBits() << 4);
            return halves & (halves >> 1) & 0x55;
        }
    }
}
