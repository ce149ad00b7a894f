using System.Runtime.CompilerServices;
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
    /// <summary>Up to this many bytes are copied as one vector, however many they are.</summary>
    private const int ShortText = 32;

    private long[] _lengths = [];
    private int[] _ends = [];

    /// <summary>Encodes a range of a column's texts; they are added to <paramref name="range"/> on the way. Returns where each of them ends in the output, valid until the next call.</summary>
    public ReadOnlyMemory<int> Encode(ColumnValues values, int first, int count, ref TextRange range)
    {
        if (Math.Min(_lengths.Length, _ends.Length) < count)
        {
            _lengths = scratch.Rent<long>(count);
            _ends = scratch.Rent<int>(count);
        }
        long bytes = 0;
        ReadOnlySpan<TextView> views = values.Views.AsSpan(first, count);
        for (int i = 0; i < views.Length; i++)
        {
            _lengths[i] = views[i].Length;
            bytes += views[i].Length;
        }
        DeltaEncoder.Encode(_lengths.AsSpan(0, count), sizeof(int), output);
        int textsEnd = output.Length;
        for (int i = 0; i < views.Length; i++)
        {
            _ends[i] = textsEnd += views[i].Length;
        }
        // A short text is copied with what follows it, which the next one overwrites.
        Span<byte> free = output.Free(checked((int)bytes + ShortText));
        int at = 0;
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
        {
            at += Copy(values.Views.AsSpan(start, end - start), heap, free[at..], ref range);
        }
        output.Advance(at);
        return _ends.AsMemory(0, count);
    }

    /// <summary>Texts of one array, one after the other; those that lie so already are copied together.</summary>
    private static int Copy(scoped ReadOnlySpan<TextView> views, byte[] heap, Span<byte> free, ref TextRange range)
    {
        int written = 0;
        int start = 0;
        int end = 0;
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            Prefetch.Text(views, i, heap);
            range.Add(heap, view, TextHead.Of(heap, view));
            if (view.Start != end)
            {
                written += Copy(heap, start, end - start, free[written..]);
                start = view.Start;
            }
            end = view.Start + view.Length;
        }
        return written + Copy(heap, start, end - start, free[written..]);
    }

    private static int Copy(byte[] heap, int start, int length, Span<byte> free)
    {
        if (length <= ShortText && start <= heap.Length - ShortText)
        {
            ref byte from = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), start);
            Vector256.LoadUnsafe(ref from).StoreUnsafe(ref MemoryMarshal.GetReference(free));
        }
        else
        {
            heap.AsSpan(start, length).CopyTo(free);
        }
        return length;
    }
}
