using System.Buffers.Binary;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Encoding;

namespace StreamEtl.Parquet.Writing;

/// <summary>PLAIN (parquet-format, Encodings.md): values one after the other, little-endian; decimals in fixed-length arrays big-endian; texts after their lengths.</summary>
internal static class PlainEncoder
{
    /// <summary>The values of a dictionary.</summary>
    public static void Texts(TextDictionary dictionary, ByteBuffer output)
    {
        for (int i = 0; i < dictionary.Count; i++)
        {
            (byte[] heap, TextView view) = dictionary.At(i);
            BinaryPrimitives.WriteInt32LittleEndian(output.Free(sizeof(int)), view.Length);
            output.Advance(sizeof(int));
            output.Add(heap.AsSpan(view.Start, view.Length));
        }
    }

    /// <summary>Numbers of 8 bytes, or the low 4 of them.</summary>
    public static void Longs(ReadOnlySpan<long> values, int width, ByteBuffer output)
    {
        Span<byte> free = output.Free(values.Length * width);
        if (width == sizeof(long))
        {
            MemoryMarshal.AsBytes(values).CopyTo(free);
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(free[(i * width)..], (int)values[i]);
            }
        }
        output.Advance(values.Length * width);
    }

    /// <summary>Decimals of 16 bytes.</summary>
    public static void Wide(ReadOnlySpan<Int128> values, ByteBuffer output)
    {
        Span<byte> free = output.Free(values.Length * 16);
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt128BigEndian(free[(i * 16)..], values[i]);
        }
        output.Advance(values.Length * 16);
    }

    /// <summary>Booleans, a bit each.</summary>
    public static void Booleans(ReadOnlySpan<long> values, ByteBuffer output)
    {
        int bytes = (values.Length + 7) >> 3;
        Span<byte> free = output.Free(bytes);
        free[..bytes].Clear();
        for (int i = 0; i < values.Length; i++)
        {
            free[i >> 3] |= (byte)((values[i] & 1) << (i & 7));
        }
        output.Advance(bytes);
    }
}
