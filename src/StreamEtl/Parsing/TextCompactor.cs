using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parsing;

/// <summary>
/// Copies the texts of a batch out of their frame, column by column, while the frame is in the cache. Whoever reads a column later then reads it from end to end, where in the frame
/// its texts lie a record apart; and frame and index, half of what a batch would hold, are free for the next unit while they are still in the cache. <see cref="FieldCopier"/> does it as it
/// finds the fields, which is for nearly all columns; this is for the others.
/// </summary>
internal static class TextCompactor
{
    /// <summary>A text up to this long is copied as two vectors, whatever its length: there is nothing to guess.</summary>
    private const int ShortText = 64;

    /// <summary>Bytes that a place for texts has behind its last.</summary>
    public const int Room = ShortText;

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
        byte[] texts = lease.Rent<byte>(length + Room);
        int at = 0;
        foreach (ref TextView view in views)
        {
            Copy(frame, view, texts, at);
            view = new TextView(at, view.Length);
            at += view.Length;
        }
        return texts;
    }

    /// <summary>Copies a text to a place that has <see cref="Room"/> behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte[] frame, TextView view, byte[] texts, int at)
    {
        if (view.Length <= ShortText && view.Start <= frame.Length - ShortText)
        {
            // With what follows it, which the next one overwrites.
            ref byte from = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(frame), view.Start);
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(texts), at);
            Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
            Vector256.LoadUnsafe(ref from, 32).StoreUnsafe(ref to, 32);
        }
        else
        {
            frame.AsSpan(view.Start, view.Length).CopyTo(texts.AsSpan(at));
        }
    }
}
