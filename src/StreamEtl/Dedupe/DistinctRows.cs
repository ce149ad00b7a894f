using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Dedupe;

/// <summary>
/// Keeps the first row of each hash, while rows stream by: open addressing over 16-byte hashes in 16 tables by the top bits, each growing on its own and by half, so
/// that growth never doubles the whole and tables stay well filled. Slots are prefetched, because a table of this size misses every cache.
/// </summary>
internal sealed class DistinctRows(MemoryBudget budget) : IDisposable
{
    /// <summary>Estimate for plans: a table is between three fifths and nine tenths full.</summary>
    public const int BytesPerRow = 28;

    private const int TableBits = 4;
    private const int FirstSize = 4096;
    private const int Ahead = 16;

    private readonly NativeArray<Hash128>?[] _tables = new NativeArray<Hash128>?[1 << TableBits];
    private readonly int[] _counts = new int[1 << TableBits];
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
            int added = TryAdd(hashes[i]);
            if (added < 0)
            {
                return -1;
            }
            rows[kept] = i;
            kept += added;
        }
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Release(_reserved);
        _reserved = 0;
        foreach (NativeArray<Hash128>? table in _tables)
        {
            table?.Dispose();
        }
        Array.Clear(_tables);
    }

    /// <summary>1 when the hash is new, 0 when it is known, -1 when there is no room for it.</summary>
    private int TryAdd(Hash128 hash)
    {
        // All zeros marks a free slot.
        if (hash == default)
        {
            hash = new Hash128(0, 1);
        }
        int number = (int)(hash.High >> (64 - TableBits));
        NativeArray<Hash128>? table = _tables[number];
        if (table is null || _counts[number] >= table.Length - (table.Length / 10) - 1)
        {
            if (!TryGrow(number))
            {
                return -1;
            }
            table = _tables[number]!;
        }
        for (int slot = hash.Slot(table.Length); ; slot = slot + 1 == table.Length ? 0 : slot + 1)
        {
            ref Hash128 found = ref table[slot];
            if (found == hash)
            {
                return 0;
            }
            if (found == default)
            {
                found = hash;
                _counts[number]++;
                return 1;
            }
        }
    }

    private unsafe void Prefetch(Hash128 hash)
    {
        NativeArray<Hash128>? table = _tables[hash.High >> (64 - TableBits)];
        if (Sse.IsSupported && table is not null)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref table[hash.Slot(table.Length)]));
        }
    }

    private bool TryGrow(int number)
    {
        NativeArray<Hash128>? old = _tables[number];
        int size = old is null ? FirstSize : old.Length + (old.Length / 2);
        long bytes = (long)size * Unsafe.SizeOf<Hash128>();
        if (!budget.TryReserve(bytes))
        {
            return false;
        }
        _reserved += bytes;
        var table = new NativeArray<Hash128>(size);
        foreach (Hash128 hash in old is null ? [] : old.Span)
        {
            if (hash != default)
            {
                int slot = hash.Slot(size);
                while (table[slot] != default)
                {
                    slot = slot + 1 == size ? 0 : slot + 1;
                }
                table[slot] = hash;
            }
        }
        _tables[number] = table;
        long freed = old?.Bytes ?? 0;
        old?.Dispose();
        budget.Release(freed);
        _reserved -= freed;
        return true;
    }
}
