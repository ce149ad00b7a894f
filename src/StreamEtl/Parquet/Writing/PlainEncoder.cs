using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Encoding;

namespace StreamEtl.Parquet.Writing;

/// <summary>PLAIN (parquet-format, Encodings.md): values one after the other, little-endian; decimals in fixed-length arrays big-endian; texts after their lengths.</summary>
internal static class PlainEncoder
{
    /// <summary>A text up to this long is copied as two vectors, whatever its length.</summary>
    private const int ShortText = 32;

    /// <summary>Texts of one array; they are added to <paramref name="range"/> on the way.</summary>
    public static void Texts(scoped ReadOnlySpan<TextView> views, byte[] heap, ByteBuffer output, ref TextRange range)
    {
        long bytes = ShortText;
        foreach (TextView view in views)
        {
            bytes += sizeof(int) + view.Length;
        }
        Span<byte> free = output.Free(checked((int)bytes));
        ref byte to = ref MemoryMarshal.GetReference(free);
        ref byte from = ref MemoryMarshal.GetArrayDataReference(heap);
        int lastShort = heap.Length - ShortText;
        nint at = 0;
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            Prefetch.Text(views, i, heap);
            range.Add(heap, view, TextHead.Of(heap, view));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, at), view.Length);
            at += sizeof(int);
            if (view.Length <= ShortText && view.Start <= lastShort)
            {
                Vector128.LoadUnsafe(ref from, (nuint)view.Start).StoreUnsafe(ref to, (nuint)at);
                Vector128.LoadUnsafe(ref from, (nuint)view.Start + 16).StoreUnsafe(ref to, (nuint)at + 16);
            }
            else
            {
                heap.AsSpan(view.Start, view.Length).CopyTo(free[(int)at..]);
            }
            at += view.Length;
        }
        output.Advance((int)at);
    }

    /// <summary>The values of a dictionary.</summary>
    public static void Texts(TextDictionary dictionary, ByteBuffer output)
    {
        var range = new TextRange();
        for (int i = 0; i < dictionary.Count; i++)
        {
            (byte[] heap, TextView view) = dictionary.At(i);
            Texts([view], heap, output, ref range);
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
