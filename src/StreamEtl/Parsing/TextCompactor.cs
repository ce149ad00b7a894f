using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Parsing;

/// <summary>
/// Copies the texts of a batch out of their frame, column by column, while the frame is in the cache. Whoever reads a column later then reads it from end to end, where in the frame
/// its texts lie a record apart; and frame and index, half of what a batch would hold, are free for the next unit while they are still in the cache.
/// </summary>
internal static class TextCompactor
{
    /// <summary>A text up to this long is copied as one vector, whatever its length.</summary>
    private const int ShortText = 32;

    /// <summary>The column with its texts in an array of their own, end to end; a column without texts as it is. Its views are written anew.</summary>
    public static Column? Compact(Column? column, int count, BufferLease lease)
    {
        if (column?.Views is not { } views || column.NullCount == count)
        {
            return column;
        }
        return new Column
        {
            Type = column.Type,
            Count = count,
            NullCount = column.NullCount,
            Nulls = column.Nulls,
            Views = views,
            Bytes = Copy(column.Bytes!, views.AsSpan(0, count), lease),
        };
    }

    private static byte[] Copy(byte[] frame, Span<TextView> views, BufferLease lease)
    {
        int length = 0;
        foreach (TextView view in views)
        {
            length += view.Length;
        }
        // A short text is copied with what follows it, which the next one overwrites.
        byte[] texts = lease.Rent<byte>(length + TextConverter.Slack);
        ref byte from = ref MemoryMarshal.GetArrayDataReference(frame);
        ref byte to = ref MemoryMarshal.GetArrayDataReference(texts);
        int lastShort = frame.Length - ShortText;
        int at = 0;
        foreach (ref TextView view in views)
        {
            if (view.Length <= ShortText && view.Start <= lastShort)
            {
                Vector256.LoadUnsafe(ref from, (nuint)view.Start).StoreUnsafe(ref to, (nuint)at);
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
