using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parsing;

/// <summary>
/// Copies the texts of a batch out of their frame, column by column, while the frame is in the cache. Whoever reads a column later then reads it from end to end, where in the frame
/// its texts lie a record apart; and frame and index, half of what a batch would hold, are free for the next unit while they are still in the cache.
/// </summary>
internal static class TextCompactor
{
    /// <summary>A text up to this long is copied as two vectors, whatever its length: there is nothing to guess.</summary>
    private const int ShortText = 64;

    /// <summary>The column with its texts in an array of their own, end to end. Its views are written anew: <paramref name="column"/> is not used again.</summary>
    public static Column Compact(Column column, BufferLease lease) =>
        new()
        {
            Type = column.Type,
            Count = column.Count,
            NullCount = column.NullCount,
            Nulls = column.Nulls,
            Views = column.Views,
            Bytes = Copy(column.Bytes!, column.Views.AsSpan(0, column.Count), lease),
        };

    private static byte[] Copy(byte[] frame, Span<TextView> views, BufferLease lease)
    {
        int length = 0;
        foreach (TextView view in views)
        {
            length += view.Length;
        }
        // A short text is copied with what follows it, which the next one overwrites.
        byte[] texts = lease.Rent<byte>(length + ShortText);
        ref byte from = ref MemoryMarshal.GetArrayDataReference(frame);
        ref byte to = ref MemoryMarshal.GetArrayDataReference(texts);
        int lastShort = frame.Length - ShortText;
        int at = 0;
        foreach (ref TextView view in views)
        {
            if (view.Length <= ShortText && view.Start <= lastShort)
            {
                Vector256.LoadUnsafe(ref from, (nuint)view.Start).StoreUnsafe(ref to, (nuint)at);
                Vector256.LoadUnsafe(ref from, (nuint)view.Start + 32).StoreUnsafe(ref to, (nuint)at + 32);
            }
            else
            {
                frame.AsSpan(view.Start, view.Length).CopyTo(texts.AsSpan(at));
            }
            view = new TextView(at, view.Length);
            at += view.Length;
        }
        return texts;
    }
}
