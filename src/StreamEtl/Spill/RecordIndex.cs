using System.Numerics;
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

    private readonly NativeArray<KeyRecord>[] _records;
    private readonly NativeArray<int>[] _slots;
    private readonly MemoryBudget _budget;
    private readonly long _bytes;

    private RecordIndex(int partitions, MemoryBudget budget, long bytes)
    {
        _records = new NativeArray<KeyRecord>[partitions];
        _slots = new NativeArray<int>[partitions];
        _budget = budget;
        _bytes = bytes;
    }

    /// <summary>Indexes all partitions; null when some record is on disk or the memory does not suffice.</summary>
    public static RecordIndex? TryBuild(RecordPartition[] partitions, RecordStoreOptions options, int threads)
    {
        long bytes = partitions.Sum(p => (long)Slots(p.Count) * sizeof(int));
        if (partitions.Any(p => p.Count > MostRecords) || !options.TryReserve(bytes))
        {
            return null;
        }
        var index = new RecordIndex(partitions.Length, options.Budget, bytes);
        Parallel.For(0, partitions.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, p => index.Build(p, partitions[p]));
        return index;
    }

    /// <summary>Asks for the lines of the table that <see cref="Find(in Hash128)"/> will read; tables of this size miss every cache.</summary>
    public unsafe void PrefetchSlots(ReadOnlySpan<Hash128> keys)
    {
        foreach (ref readonly Hash128 key in keys)
        {
            NativeArray<int> slots = _slots[Partition(key)];
            Prefetch(Unsafe.AsPointer(ref slots[(int)key.Low & (slots.Length - 1)]));
        }
    }

    /// <summary>Asks for the records that <see cref="Find(in Hash128)"/> will read first.</summary>
    public unsafe void PrefetchRecords(ReadOnlySpan<Hash128> keys)
    {
        foreach (ref readonly Hash128 key in keys)
        {
            int partition = Partition(key);
            NativeArray<int> slots = _slots[partition];
            int slot = slots[(int)key.Low & (slots.Length - 1)];
            if (slot != 0)
            {
                Prefetch(Unsafe.AsPointer(ref _records[partition][(slot & NumberMask) - 1]));
            }
        }
    }

    /// <summary>The key's first record, or a null reference.</summary>
    public ref KeyRecord Find(in Hash128 key)
    {
        int partition = Partition(key);
        int number = Find(_slots[partition], _records[partition], key, out _);
        return ref number < 0 ? ref Unsafe.NullRef<KeyRecord>() : ref _records[partition][number];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (NativeArray<int> slots in _slots)
        {
            slots.Dispose();
        }
        _budget.Release(_bytes);
    }

    private void Build(int partition, RecordPartition from)
    {
        NativeArray<KeyRecord> records = from.Join();
        var slots = new NativeArray<int>(Slots(records.Length), zeroed: true);
        for (int i = 0; i < records.Length; i++)
        {
            int found = Find(slots, records, records[i].Key, out int free);
            if (found < 0)
            {
                slots[free] = Tag(records[i].Key) | (i + 1);
            }
            else
            {
                records[found] = records[found] with { Place = records[found].Place | KeyRecord.Contested };
            }
        }
        _records[partition] = records;
        _slots[partition] = slots;
    }

    /// <summary>Number of the key's record, or -1 and the slot where it would be.</summary>
    private static int Find(NativeArray<int> slots, NativeArray<KeyRecord> records, in Hash128 key, out int slot)
    {
        int mask = slots.Length - 1;
        int tag = Tag(key);
        for (slot = (int)key.Low & mask; ; slot = (slot + 1) & mask)
        {
            int entry = slots[slot];
            if (entry == 0)
            {
                return -1;
            }
            int number = (entry & NumberMask) - 1;
            if ((entry & ~NumberMask) == tag && records[number].Key == key)
            {
                return number;
            }
        }
    }

    /// <summary>Half to three quarters full.</summary>
    private static int Slots(long records) => (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Max(records + (records / 3), 4) + 1);

    private static int Tag(in Hash128 key) => (int)(key.Low >> 32) << NumberBits;

    private static int Partition(in Hash128 key) => (int)(key.High >> (64 - RecordStore.PartitionBits));

    private static unsafe void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
