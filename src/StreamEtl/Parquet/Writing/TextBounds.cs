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

    /// <summary>Bounds of values in a range of a column; there is at least one.</summary>
    public static Bounds Of(ColumnValues values, int first, int count, ColumnType type)
    {
        var range = new Range();
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(values, first, count))
        {
            foreach (TextView view in values.Views.AsSpan(start, end - start))
            {
                range.Add(heap, view);
            }
        }
        return range.Cut(type.Kind == ColumnKind.Text);
    }

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
        var range = new Range();
        for (int w = 0; w < used.Length; w++)
        {
            for (ulong word = used[w]; word != 0; word &= word - 1)
            {
                (byte[] heap, TextView view) = dictionary.At((w << 6) + BitOperations.TrailingZeroCount(word));
                range.Add(heap, view);
            }
        }
        return range.Cut(type.Kind == ColumnKind.Text);
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

    /// <summary>A range under construction. Most texts are told from its ends by their heads.</summary>
    private ref struct Range
    {
        private ReadOnlySpan<byte> _min;
        private ReadOnlySpan<byte> _max;
        private ulong _minHead;
        private ulong _maxHead;
        private bool _any;

        public void Add(byte[] heap, TextView view)
        {
            ulong head = TextHead.Of(heap, view);
            if (_any && head > _minHead && head < _maxHead)
            {
                return;
            }
            ReadOnlySpan<byte> text = heap.AsSpan(view.Start, view.Length);
            if (!_any || text.SequenceCompareTo(_min) < 0)
            {
                _min = text;
                _minHead = head;
            }
            if (!_any || text.SequenceCompareTo(_max) > 0)
            {
                _max = text;
                _maxHead = head;
            }
            _any = true;
        }

        public readonly Bounds Cut(bool isText)
        {
            bool minExact = _min.Length <= MaxBytes;
            byte[] min = (minExact ? _min : Prefix(_min, isText)).ToArray();
            byte[]? above = _max.Length <= MaxBytes ? null : Above(Prefix(_max, isText), isText);
            return new Bounds(min, above ?? _max.ToArray(), minExact, above is null);
        }
    }
}
