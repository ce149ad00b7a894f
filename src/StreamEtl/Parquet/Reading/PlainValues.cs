using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>PLAIN values to integers (as stored, sign extended; floats as their bits) and to views.</summary>
internal static class PlainValues
{
    /// <summary>Reads fixed-width numbers after <paramref name="skip"/> others.</summary>
    public static void ReadNumbers(PhysicalType type, ReadOnlySpan<byte> bytes, int skip, Span<long> values)
    {
        int width = type is PhysicalType.Int32 or PhysicalType.Float ? sizeof(int) : sizeof(long);
        long from = (long)skip * width;
        if (from + ((long)values.Length * width) > bytes.Length)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        bytes = bytes.Slice((int)from, values.Length * width);
        if (width == sizeof(long))
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(values));
            return;
        }
        Widen(MemoryMarshal.Cast<byte, int>(bytes), values);
    }

    /// <summary>Reads booleans, one bit each.</summary>
    public static void ReadBooleans(byte[] bytes, int start, int end, int skip, Span<long> values)
    {
        if (BitUnpacker.ByteCount((long)skip + values.Length, 1) > end - start)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        for (int i = 0; i < values.Length; i++)
        {
            int bit = skip + i;
            values[i] = bytes[start + (bit >> 3)] >> (bit & 7) & 1;
        }
    }

    /// <summary>Views of byte arrays, each behind its length.</summary>
    public static void ReadViews(byte[] bytes, int start, int end, int skip, Span<TextView> views)
    {
        int position = start;
        for (int i = 0; i < skip; i++)
        {
            position += sizeof(int) + Length(bytes, position, end);
        }
        for (int i = 0; i < views.Length; i++)
        {
            int length = Length(bytes, position, end);
            position += sizeof(int);
            views[i] = new TextView(position, length);
            position += length;
        }
    }

    /// <summary>Views of values of one width.</summary>
    public static void ReadFixedViews(int start, int end, int width, int skip, Span<TextView> views)
    {
        if ((long)width * ((long)skip + views.Length) > end - start)
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        for (int i = 0; i < views.Length; i++)
        {
            views[i] = new TextView(start + ((skip + i) * width), width);
        }
    }

    private static int Length(byte[] bytes, int position, int end)
    {
        if (end - position < sizeof(int))
        {
            throw ParquetFault.Damaged("values end before all are read");
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(position));
        if ((uint)length > (uint)(end - position - sizeof(int)))
        {
            throw ParquetFault.Damaged("a value is longer than its page");
        }
        return length;
    }

    private static void Widen(ReadOnlySpan<int> source, Span<long> values)
    {
        int i = 0;
        for (; i + Vector<int>.Count <= source.Length; i += Vector<int>.Count)
        {
            Vector.Widen(new Vector<int>(source[i..]), out Vector<long> low, out Vector<long> high);
            low.CopyTo(values[i..]);
            high.CopyTo(values[(i + Vector<long>.Count)..]);
        }
        for (; i < source.Length; i++)
        {
            values[i] = source[i];
        }
    }
}
