using System.Numerics;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>Numbers the distinct values of a column, giving up as soon as they are too many to pay.</summary>
internal sealed class LongDictionary
{
    private const int Sample = 8192;
    private const int MostValues = 1 << 15;
    private const int RunBits = 24;
    private const int MostSlotBits = 17;

    private LongDictionary(long[] values, int count, int[] indices)
    {
        Values = values;
        Count = count;
        Indices = indices;
    }

    /// <summary>Distinct values in the order in which they first occur.</summary>
    public long[] Values { get; }

    /// <summary>How many.</summary>
    public int Count { get; }

    /// <summary>For each value of the column, its place in <see cref="Values"/>.</summary>
    public int[] Indices { get; }

    /// <summary>Builds a dictionary; null when there are more than half as many values as rows in a sample, or too many in all.</summary>
    public static LongDictionary? TryBuild(ReadOnlySpan<long> column, BufferLease lease)
    {
        // Four slots a value at most, and no more than a short column can fill: clearing them is part of the cost.
        int slotBits = Math.Min(BitOperations.Log2((uint)column.Length | 1) + 2, MostSlotBits);
        int[] slots = lease.Rent<int>(1 << slotBits);
        Array.Clear(slots, 0, 1 << slotBits);
        long[] values = lease.Rent<long>(Math.Min(MostValues, column.Length) + 1);
        int[] indices = lease.Rent<int>(column.Length);
        int count = 0;
        int checkAt = Math.Min(Sample, column.Length);
        bool pays = true;
        for (int i = 0; i < column.Length && pays; i++)
        {
            long value = column[i];
            int slot = (int)((ulong)value * 0x9E3779B97F4A7C15 >> (64 - slotBits));
            int number;
            while ((number = slots[slot] - 1) >= 0 && values[number] != value)
            {
                slot = (slot + 1) & ((1 << slotBits) - 1);
            }
            if (number < 0)
            {
                number = count++;
                values[number] = value;
                slots[slot] = count;
                pays = count <= MostValues;
            }
            indices[i] = number;
            if (i + 1 == checkAt && checkAt == Sample && count > Sample / 2)
            {
                pays = false;
            }
        }
        lease.Release(slots);
        if (pays)
        {
            return new LongDictionary(values, count, indices);
        }
        lease.Release(values);
        lease.Release(indices);
        return null;
    }

    /// <summary>Bits of an index.</summary>
    public int Width => HybridEncoder.Width(Count - 1);

    /// <summary>Bytes of dictionary and indices, about; long runs of one value cost next to nothing.</summary>
    public long Bytes(int rows)
    {
        int sample = Math.Min(rows, Sample);
        int runs = 1;
        for (int i = 1; i < sample; i++)
        {
            runs += Indices[i] == Indices[i - 1] ? 0 : 1;
        }
        double bits = Math.Min(Math.Max(Width, 1), (double)runs / sample * RunBits);
        return (Count * 8L) + (long)(rows * bits / 8);
    }
}
