using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Encoding;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// DELTA_LENGTH_BYTE_ARRAY (parquet-format, Encodings.md): the lengths of all texts of a page packed, then their bytes one after the other. Against PLAIN it takes three
/// bytes less a text, and compression sees text only: less to look through, and longer copies.
/// </summary>
internal sealed class DeltaLengthEncoder(ByteBuffer output, BufferLease scratch)
{
    /// <summary>A text up to this long is copied as two vectors, whatever its length.</summary>
    private const int ShortText = 32;

    private long[] _lengths = [];

    /// <summary>Encodes a range of a column's texts; they are added to <paramref name="range"/> on the way.</summary>
    public void Encode(ColumnValues values, int first, int count, ref TextRange range)
    {
        if (_lengths.Length < count)
        {
            _lengths = scratch.Rent<long>(count);
        }
        long bytes = 0;
        ReadOnlySpan<TextView> views = values.Views.AsSpan(first, count);
        for (int i = 0; i < views.Length; i++)
        {
            _lengths[i] = views[i].Length;
            bytes += views[i].Length;
        }
        DeltaEncoder.Encode(_lengths.AsSpan(0, count), sizeof(int), output);
        // A short text is copied with what follows it, which the next one overwrites.
        Span<byte> free = output.Free(checked((int)bytes + ShortText));
        int at = 0;
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
        {
            at += Copy(values.Views.AsSpan(start, end - start), heap, free[at..], ref range);
        }
        output.Advance(at);
    }

    /// <summary>Texts of one array, one after the other.</summary>
    private static int Copy(scoped ReadOnlySpan<TextView> views, byte[] heap, Span<byte> free, ref TextRange range)
    {
        ref byte to = ref MemoryMarshal.GetReference(free);
        ref byte from = ref MemoryMarshal.GetArrayDataReference(heap);
        int lastShort = heap.Length - ShortText;
        nint at = 0;
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            Prefetch.Text(views, i, heap);
            range.Add(heap, view, TextHead.Of(heap, view));
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
        return (int)at;
    }
}
