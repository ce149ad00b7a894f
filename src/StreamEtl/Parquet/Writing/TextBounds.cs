using System.Numerics;
using System.Text;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Writing;

/// <summary>Smallest and largest text of a page by byte order, cut for the statistics to bounds that are still text.</summary>
internal static class TextBounds
{
    /// <summary>Longest text in statistics.</summary>
    public const int MaxBytes = 64;

    /// <summary>Bounds of the dictionary's values that a page refers to, each looked at once.</summary>
    public static Bounds? Of(TextDictionary dictionary, ReadOnlySpan<int> indices, ColumnType type)
    {
        if (indices.IsEmpty)
        {
            return null;
        }
        ulong[] used = new ulong[(dictionary.Count + 63) >> 6];
        foreach (int index in indices)
        {
            used[index >> 6] |= 1UL << index;
        }
        var range = new TextRange();
        for (int w = 0; w < used.Length; w++)
        {
            for (ulong word = used[w]; word != 0; word &= word - 1)
            {
                (byte[] heap, TextView view) = dictionary.At((w << 6) + BitOperations.TrailingZeroCount(word));
                range.Add(heap, view, TextHead.Of(heap, view));
            }
        }
        return Cut(range, type);
    }

    /// <summary>The ends of a range as bounds; null when it is empty.</summary>
    public static Bounds? Cut(TextRange range, ColumnType type)
    {
        if (!range.Any)
        {
            return null;
        }
        bool isText = type.Kind == ColumnKind.Text;
        bool minExact = range.Min.Length <= MaxBytes;
        byte[] min = (minExact ? range.Min : Prefix(range.Min, isText)).ToArray();
        byte[]? above = range.Max.Length <= MaxBytes ? null : Above(Prefix(range.Max, isText), isText);
        return new Bounds(min, above ?? range.Max.ToArray(), minExact, above is null);
    }

    /// <summary>The longest prefix of at most <see cref="MaxBytes"/> bytes that cuts no character in two.</summary>
    private static ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> text, bool isText)
    {
        int end = MaxBytes;
        while (isText && end > 0 && (text[end] & 0xC0) == 0x80)
        {
            end--;
        }
        // Bytes that only claim to be text may go on like this; then any cut is as good.
        return text[..(end == 0 ? MaxBytes : end)];
    }

    /// <summary>The shortest bytes above all that start with the prefix: its last byte or character that has a successor, replaced by it. Null when none has.</summary>
    private static byte[]? Above(ReadOnlySpan<byte> prefix, bool isText)
    {
        if (!isText)
        {
            int last = prefix.LastIndexOfAnyExcept((byte)0xFF);
            return last < 0 ? null : [.. prefix[..last], (byte)(prefix[last] + 1)];
        }
        while (!prefix.IsEmpty && Rune.DecodeLastFromUtf8(prefix, out Rune rune, out int bytes) == System.Buffers.OperationStatus.Done)
        {
            prefix = prefix[..^bytes];
            int next = rune.Value + 1;
            if (Rune.TryCreate(next == 0xD800 ? 0xE000 : next, out Rune successor))
            {
                Span<byte> encoded = stackalloc byte[4];
                return [.. prefix, .. encoded[..successor.EncodeToUtf8(encoded)]];
            }
        }
        return null;
    }
}
