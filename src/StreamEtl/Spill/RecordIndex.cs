using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Spill;

/// <summary>
/// Finds the records of a <see cref="RecordStore"/> by key while all of them are in memory: for each partition an open addressing table of record numbers, 4 bytes a slot,
/// of which 8 bits are of the hash, so that a wrong record is seldom looked at.
/// </summary>
internal sealed class RecordIndex : IDisposable
{
    /// <summary>Records of one partition that a slot can number.</summary>
    public const int MostRecords = (1 << NumberBits) - 2;

    private const int NumberBits = 24;
    private const int NumberMask = (1 << NumberBits) - 1;

    private readonly Part[] _parts;
    private readonly NativeArray<KeyRecord> _records;
    private readonly NativeArray<int> _slots;
    private readonly MemoryBudget _budget;

    private RecordIndex(Part[] parts, int records, int slots, MemoryBudget budget)
    {
        _parts = parts;
        _records = new NativeArray<KeyRecord>(records);
        _slots = new NativeArray<int>(slots);
        _budget = budget;
        budget.Reserve(_records.Bytes);
    }

    /// <summary>Indexes all partitions; null when the memory does not suffice. None of their records may be on disk.</summary>
    public static RecordIndex? TryBuild(RecordPartition[] partitions, RecordStoreOptions options, int threads)
    {
        var parts = new Part[partitions.Length];
        long records = 0;
        long slots = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            int own = Slots(partitions[p].Count);
            parts[p] = new Part((int)records, (int)slots, own);
            records += partitions[p].Count;
            slots += own;
        }
        bool numbered = records <= int.MaxValue && slots <= int.MaxValue && partitions.All(p => p.Count <= MostRecords);
        if (!numbered || !options.TryReserve(slots * sizeof(int)))
        {
            return null;
        }
        var index = new RecordIndex(parts, (int)records, (int)slots, options.Budget);
        Parallel.For(
            0,
            partitions.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            p => index.Build(parts[p], partitions[p])
        );
        return index;
    }

    /// <summary>Asks for the lines of the table that <see cref="Find(in Hash128)"/> will read; tables of this size miss every cache.</summary>
    public unsafe void PrefetchSlots(ReadOnlySpan<Hash128> keys)
    {
        foreach (ref readonly Hash128 key in keys)
        {
            ref readonly Part part = ref PartOf(key);
            Prefetch(Unsafe.AsPointer(ref _slots[part.FirstSlot + key.Slot(part.Slots)]));
        }
    }

    /// <summary>Asks for the records that <see cref="Find(in Hash128)"/> will read first.</summary>
    public unsafe void PrefetchRecords(ReadOnlySpan<Hash128> keys)
    {
        foreach (ref readonly Hash128 key in keys)
        {
            ref readonly Part part = ref PartOf(key);
            int slot = _slots[part.FirstSlot + key.Slot(part.Slots)];
            if (slot != 0)
            {
                Prefetch(Unsafe.AsPointer(ref _records[part.FirstRecord + (slot & NumberMask) - 1]));
            }
        }
    }

    /// <summary>The key's first record, or a null reference.</summary>
    public ref KeyRecord Find(in Hash128 key)
    {
        int record = Find(PartOf(key), key, out _);
        return ref record < 0 ? ref Unsafe.NullRef<KeyRecord>() : ref _records[record];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(_records.Bytes + _slots.Bytes);
        _records.Dispose();
        _slots.Dispose();
    }

    private void Build(Part part, RecordPartition from)
    {
        int count = (int)from.Count;
        from.MoveTo(_records, part.FirstRecord);
        for (int i = 0; i < count; i++)
        {
            ref KeyRecord record = ref _records[part.FirstRecord + i];
            int found = Find(part, record.Key, out int free);
            if (found < 0)
            {
                _slots[free] = Tag(record.Key) | (i + 1);
            }
            else
            {
                _records[found] = _records[found] with { Place = _records[found].Place | KeyRecord.Contested };
            }
        }
    }

    /// <summary>Where the key's record is, or -1 and the slot where its number would be.</summary>
    private int Find(in Part part, in Hash128 key, out int slot)
    {
        int tag = Tag(key);
        for (int at = key.Slot(part.Slots); ; at = at + 1 == part.Slots ? 0 : at + 1)
        {
            slot = part.FirstSlot + at;
            int entry = _slots[slot];
            if (entry == 0)
            {
                return -1;
            }
            int record = part.FirstRecord + (entry & NumberMask) - 1;
            if ((entry & ~NumberMask) == tag && _records[record].Key == key)
            {
                return record;
            }
        }
    }

    private ref readonly Part PartOf(in Hash128 key) => ref _parts[key.High >> (64 - RecordStore.PartitionBits)];

    /// <summary>Three quarters full.</summary>
    private static int Slots(long records) => (int)(records + (records / 3) + 4);

    private static int Tag(in Hash128 key) => (int)(key.Low >> 32) << NumberBits;

    private static unsafe void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>A partition's share of the arrays.</summary>
    private readonly record struct Part(int FirstRecord, int FirstSlot, int Slots);
}
