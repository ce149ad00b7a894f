using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>Smallest and largest value of a range, as statistics store them; texts are cut to <see cref="TextBounds.MaxBytes"/>.</summary>
/// <param name="Min">At most the smallest.</param>
/// <param name="Max">At least the largest.</param>
/// <param name="MinExact">True when <paramref name="Min"/> is a value and not a prefix.</param>
/// <param name="MaxExact">As <paramref name="MinExact"/>.</param>
internal sealed record Bounds(byte[] Min, byte[] Max, bool MinExact = true, bool MaxExact = true)
{
    /// <summary>Bounds of fixed-width values in a range of a column; null when there are none.</summary>
    public static Bounds? Of(ColumnValues values, int first, int count, ColumnType type)
    {
        if (count == 0)
        {
            return null;
        }
        return type.IsWide ? Wide(values.Wide.AsSpan(first, count))
            : type.Kind == ColumnKind.Float ? Floats(values.Longs.AsSpan(first, count))
            : Longs(values.Longs.AsSpan(first, count), type.Kind);
    }

    /// <summary>Bounds of both; null counts as no values.</summary>
    public static Bounds? Merge(Bounds? a, Bounds? b, ColumnType type)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }
        int low = Compare(b.Min, a.Min, type);
        int high = Compare(b.Max, a.Max, type);
        // Where a cut text ties with a whole one, the whole one says more.
        bool lower = low < 0 || (low == 0 && b.MinExact);
        bool higher = high > 0 || (high == 0 && b.MaxExact);
        return new Bounds(lower ? b.Min : a.Min, higher ? b.Max : a.Max, lower ? b.MinExact : a.MinExact, higher ? b.MaxExact : a.MaxExact);
    }

    /// <summary>The order of values as they stand in statistics (parquet.thrift, TypeDefinedOrder).</summary>
    public static int Compare(byte[] a, byte[] b, ColumnType type)
    {
        if (type.IsVariable)
        {
            return a.AsSpan().SequenceCompareTo(b);
        }
        if (type.IsWide)
        {
            return BinaryPrimitives.ReadInt128BigEndian(a).CompareTo(BinaryPrimitives.ReadInt128BigEndian(b));
        }
        return type.Kind switch
        {
            ColumnKind.Float => BinaryPrimitives.ReadDoubleLittleEndian(a).CompareTo(BinaryPrimitives.ReadDoubleLittleEndian(b)),
            ColumnKind.Boolean => a[0].CompareTo(b[0]),
            ColumnKind.Date => BinaryPrimitives.ReadInt32LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt32LittleEndian(b)),
            _ => BinaryPrimitives.ReadInt64LittleEndian(a).CompareTo(BinaryPrimitives.ReadInt64LittleEndian(b)),
        };
    }

    private static Bounds Longs(ReadOnlySpan<long> values, ColumnKind kind)
    {
        Vector256<long> least = Vector256.Create(long.MaxValue);
        Vector256<long> most = Vector256.Create(long.MinValue);
        int i = 0;
        for (; i <= values.Length - Vector256<long>.Count; i += Vector256<long>.Count)
        {
            Vector256<long> four = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)i);
            least = Vector256.Min(least, four);
            most = Vector256.Max(most, four);
        }
        long min = Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3]));
        long max = Math.Max(Math.Max(most[0], most[1]), Math.Max(most[2], most[3]));
        foreach (long value in values[i..])
        {
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        int width =
            kind == ColumnKind.Boolean ? 1
            : kind == ColumnKind.Date ? 4
            : 8;
        return new Bounds(Bytes(min)[..width], Bytes(max)[..width]);
    }

    /// <summary>NaN is in no bounds; a zero counts as -0 below and +0 above, as the format asks.</summary>
    private static Bounds? Floats(ReadOnlySpan<long> values)
    {
        double min = double.PositiveInfinity;
        double max = double.NegativeInfinity;
        bool any = false;
        foreach (long bits in values)
        {
            double value = BitConverter.Int64BitsToDouble(bits);
            if (!double.IsNaN(value))
            {
                any = true;
                min = Math.Min(min, value);
                max = Math.Max(max, value);
            }
        }
        min = min == 0 ? -0.0 : min;
        max = max == 0 ? 0.0 : max;
        return any ? new Bounds(Bytes(BitConverter.DoubleToInt64Bits(min)), Bytes(BitConverter.DoubleToInt64Bits(max))) : null;
    }

    private static Bounds Wide(ReadOnlySpan<Int128> values)
    {
        Int128 min = values[0];
        Int128 max = values[0];
        foreach (Int128 value in values)
        {
            min = Int128.Min(min, value);
            max = Int128.Max(max, value);
        }
        byte[] low = new byte[16];
        byte[] high = new byte[16];
        BinaryPrimitives.WriteInt128BigEndian(low, min);
        BinaryPrimitives.WriteInt128BigEndian(high, max);
        return new Bounds(low, high);
    }

    private static byte[] Bytes(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
