using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>
/// Keeps the first row of each hash, while rows stream by: open addressing over 16-byte hashes in 16 tables by the top bits, each growing on its own and by half, so
/// that growth never doubles the whole. Slots are prefetched, because a table of this size misses every cache.
/// </summary>
/// <param name="budget">Charged with the tables.</param>
/// <param name="expected">About how many rows will be kept: there is room for so many from the first on, or none is made before it is needed when that is 0.</param>
internal sealed class DistinctRows(MemoryBudget budget, long expected) : IDisposable
{
    /// <summary>Estimate for plans: a table is between half and three quarters full.</summary>
    public const int BytesPerRow = 28;

    private const int TableBits = 4;
    private const int FirstSize = 4096;
    private const int Ahead = 16;

    /// <summary>Of what is expected, a sixteenth more: an estimate that is a little low must not make every table grow at the very end.</summary>
    private readonly int _firstSize = SlotLine.Length(
        Math.Clamp((expected + (expected / 16)) * 4 / 3 >> TableBits, FirstSize, int.MaxValue / 32)
    );
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
            table.Slots?.Dispose();
        }
        Array.Clear(_tables);
    }

    private unsafe void Prefetch(Hash128 hash)
    {
        ref readonly Table table = ref _tables[hash.High >> (64 - TableBits)];
        if (Sse.IsSupported && table.Slots is { } slots)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref slots[hash.Slot(slots.Length)]));
        }
    }

    private bool TryGrow(ref Table table)
    {
        NativeArray<Hash128>? old = table.Slots;
        int size = old is null ? _firstSize : SlotLine.Length(old.Length + (old.Length / 2L));
        long bytes = (long)size * Unsafe.SizeOf<Hash128>();
        if (!budget.TryReserve(bytes))
        {
            return false;
        }
        _reserved += bytes;
        // Probes get long quickly when a table is fuller than that: at nine tenths a new row looks at fifty slots, at three quarters at eight.
        table = new Table(new NativeArray<Hash128>(size), size / 4 * 3);
        foreach (Hash128 hash in old is null ? [] : old.Span)
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
    private struct Table(NativeArray<Hash128> slots, int room)
    {
        public readonly NativeArray<Hash128>? Slots = slots;
        public int Room = room;

        /// <summary>True when the hash is new. There must be room, and the hash not be all zeros.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Add(Hash128 hash)
        {
            NativeArray<Hash128> all = Slots!;
            int length = all.Length;
            int slot = hash.Slot(length);
            for (int looked = 1; ; slot = SlotLine.Next(slot, looked++, length))
            {
                ref Hash128 found = ref all[slot];
                if (found == hash)
                {
                    return false;
                }
                if (found == default)
                {
                    found = hash;
                    Room--;
                    return true;
                }
            }
        }
    }
}
