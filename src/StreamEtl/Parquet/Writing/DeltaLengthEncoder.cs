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
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
        {
            bytes += Measure(values.Views.AsSpan(start, end - start), heap, start - first, (int)bytes, ref range);
        }
        DeltaEncoder.Encode(_lengths.AsSpan(0, count), sizeof(int), output);
        Move(_ends.AsSpan(0, count), output.Length);
        // A short text is copied with what follows it, which the next one overwrites.
        Span<byte> free = output.Free(checked((int)bytes + ShortText));
        int at = 0;
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
        {
            at += Copy(values.Views.AsSpan(start, end - start), heap, free[at..]);
        }
        output.Advance(at);
        return _ends.AsMemory(0, count);
    }

    /// <summary>Notes the lengths of texts of one array, and where each ends when the first begins at <paramref name="at"/>; returns their bytes.</summary>
    private unsafe long Measure(ReadOnlySpan<TextView> texts, byte[] heap, int first, int at, ref TextRange range)
    {
        ulong least = range.LeastHead;
        ulong most = range.MostHead;
        long bytes = 0;
        fixed (TextView* views = texts)
        fixed (byte* place = heap)
        fixed (long* allLengths = _lengths)
        fixed (int* allEnds = _ends)
        {
            long* lengths = allLengths + first;
            int* ends = allEnds + first;
            int lastWhole = heap.Length - TextHead.Bytes;
            for (int i = 0; i < texts.Length; i++)
            {
                TextView view = views[i];
                bytes += view.Length;
                lengths[i] = view.Length;
                ends[i] = at + (int)bytes;
                ulong head = view.Start <= lastWhole ? TextHead.Of(place + view.Start, view.Length) : TextHead.Of(heap, view);
                if (head <= least || head >= most)
                {
                    range.Add(heap, view, head);
                    least = range.LeastHead;
                    most = range.MostHead;
                }
            }
        }
        return bytes;
    }

    private static void Move(Span<int> ends, int by)
    {
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] += by;
        }
    }

    /// <summary>Copies texts of one array one after the other; those that lie so already, as nearly all do, together.</summary>
    private static int Copy(ReadOnlySpan<TextView> views, byte[] heap, Span<byte> free)
    {
        int written = 0;
        for (int i = 0; i < views.Length; )
        {
            int start = views[i].Start;
            int end = start;
            for (; i < views.Length && views[i].Start == end; i++)
            {
                end += views[i].Length;
            }
            written += Copy(heap, start, end - start, free[written..]);
        }
        return written;
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
