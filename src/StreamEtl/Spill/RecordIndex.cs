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
internal sealed unsafe class RecordIndex : IDisposable
{
    /// <summary>Records of one partition that a slot can number.</summary>
    public const int MostRecords = (1 << NumberBits) - 2;

    /// <summary>Keys whose lines are asked for together: enough to overlap, few enough to be still in the first cache when they are read.</summary>
    public const int Stride = 64;

    private const int NumberBits = 24;
    private const int NumberMask = (1 << NumberBits) - 1;

    private readonly Part[] _parts;
    private readonly KeyRecord*[] _chunks;
    private readonly int _chunkBits;
    private readonly NativeArray<int> _slots;
    private readonly MemoryBudget _budget;

    private RecordIndex(Part[] parts, KeyRecord*[] chunks, int chunkBits, int slots, MemoryBudget budget)
    {
        _parts = parts;
        _chunks = chunks;
        _chunkBits = chunkBits;
        _slots = new NativeArray<int>(slots);
        _budget = budget;
    }

    /// <summary>Indexes all partitions; null when the memory does not suffice. None of their records may be on disk.</summary>
    public static RecordIndex? TryBuild(RecordPartition[] partitions, RecordStoreOptions options, int threads)
    {
        long slots = partitions.Sum(p => (long)Slots(p.Count));
        if (slots > int.MaxValue || partitions.Any(p => p.Count > MostRecords) || !options.TryReserve(slots * sizeof(int)))
        {
            return null;
        }
        var parts = new Part[partitions.Length];
        var chunks = new List<NativeArray<KeyRecord>>();
        int firstSlot = 0;
        for (int p = 0; p < parts.Length; p++)
        {
            parts[p] = new Part(chunks.Count, firstSlot, Slots(partitions[p].Count));
            firstSlot += parts[p].Slots;
            chunks.AddRange(partitions[p].Settle());
        }
        var places = new KeyRecord*[chunks.Count];
        for (int c = 0; c < places.Length; c++)
        {
            places[c] = (KeyRecord*)Unsafe.AsPointer(ref chunks[c][0]);
        }
        var index = new RecordIndex(parts, places, BitOperations.Log2((uint)options.RecordsPerChunk), firstSlot, options.Budget);
        Parallel.For(
            0,
            partitions.Length,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            p => index.Build(index._parts[p], (int)partitions[p].Count)
        );
        return index;
    }

    /// <summary>
    /// Asks for the lines that <see cref="Find(in Hash128)"/> will read for the next <see cref="Stride"/> keys, first those of the table, then those of the records: at their sizes each misses
    /// every cache.
    /// </summary>
    public void Prefetch(ReadOnlySpan<Hash128> keys)
    {
        keys = keys[..Math.Min(keys.Length, Stride)];
        foreach (ref readonly Hash128 key in keys)
        {
            ref readonly Part part = ref PartOf(key);
            Prefetch(Unsafe.AsPointer(ref _slots[part.FirstSlot + key.Slot(part.Slots)]));
        }
        foreach (ref readonly Hash128 key in keys)
        {
            ref readonly Part part = ref PartOf(key);
            int slot = _slots[part.FirstSlot + key.Slot(part.Slots)];
            if (slot != 0)
            {
                Prefetch(Unsafe.AsPointer(ref Record(part, (slot & NumberMask) - 1)));
            }
        }
    }

    /// <summary>The key's first record, or a null reference.</summary>
    public ref KeyRecord Find(in Hash128 key)
    {
        ref readonly Part part = ref PartOf(key);
        int record = Find(part, key, out _);
        return ref record < 0 ? ref Unsafe.NullRef<KeyRecord>() : ref Record(part, record);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Release(_slots.Bytes);
        _slots.Dispose();
    }

    private void Build(in Part part, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Hash128 key = Record(part, i).Key;
            int found = Find(part, key, out int free);
            if (found < 0)
            {
                _slots[free] = Tag(key) | (i + 1);
            }
            else
            {
                ref KeyRecord first = ref Record(part, found);
                first = first with { Place = first.Place | KeyRecord.Contested };
            }
        }
    }

    /// <summary>A record by its number in the partition, unchecked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref KeyRecord Record(in Part part, int number) =>
        ref _chunks[part.FirstChunk + (number >> _chunkBits)][number & ((1 << _chunkBits) - 1)];

    /// <summary>The number of the key's record, or -1 and the slot where its number would be.</summary>
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
            int record = (entry & NumberMask) - 1;
            if ((entry & ~NumberMask) == tag && Record(part, record).Key == key)
            {
                return record;
            }
        }
    }

    private ref readonly Part PartOf(in Hash128 key) => ref _parts[key.High >> (64 - RecordStore.PartitionBits)];

    /// <summary>Three quarters full.</summary>
    private static int Slots(long records) => (int)(records + (records / 3) + 4);

    private static int Tag(in Hash128 key) => (int)(key.Low >> 32) << NumberBits;

    private static void Prefetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>A partition's share of the arrays.</summary>
    private readonly record struct Part(int FirstChunk, int FirstSlot, int Slots);
}
