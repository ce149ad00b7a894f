using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Compression;

/// <summary>
/// For texts of one length that are made of parts which recur, each at its own place: the day and the minute of a timestamp, the country and the year of a code. A part is looked up among those
/// that stood at its place before, and is a copy of the last one like it or a literal. Every text goes the same way, so that the processor never guesses wrong; a search that finds the same copies
/// guesses wrong several times for each, and takes more than twice as long.
/// </summary>
internal sealed class SnappyParts : SnappyTexts
{
    /// <summary>Texts that are shorter have no part worth a copy beside the rest.</summary>
    private const int ShortestText = 8;

    private const int LongestText = 64;

    /// <summary>A copy takes three bytes, and is of four at least.</summary>
    private const int ShortestPart = 4;

    /// <summary>What one vector compares.</summary>
    private const int LongestPart = 16;

    private const int MostParts = 4;

    private const int TableBits = 14;

    /// <summary>2⁶⁴ divided by the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming, 6.4).</summary>
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <summary>
    /// A part recurs when every fourth is found again in a sample: half as far back as copies reach, and half of that for the average text of the sample, so that three of four are in a page.
    /// </summary>
    private const int RecurringShare = 4;

    /// <summary>Fewer texts show nothing.</summary>
    private const int FewestTexts = 64;

    /// <summary>Positions modulo 64 KiB where the parts of each place were seen last; a copy reaches no further.</summary>
    [ThreadStatic]
    private static ushort[]? _tables;

    private readonly int _textLength;
    private readonly Part[] _parts;

    private SnappyParts(int textLength, Part[] parts) => (_textLength, _parts) = (textLength, parts);

    /// <summary>The parts of the texts of a sample; null when they have several lengths, or no part recurs. Parameters are those of <see cref="Compress"/>.</summary>
    public static SnappyParts? Find(ReadOnlySpan<byte> sample, ReadOnlySpan<int> ends, int offset)
    {
        if (!TryGetTexts(sample, ends, offset, out ReadOnlySpan<byte> texts, out int length))
        {
            return null;
        }
        bool[] cuts = Cuts(texts, length);
        var parts = new List<Part>();
        for (int start = 0; start < length && parts.Count < MostParts; )
        {
            int end = Math.Min(length, start + LongestPart);
            while (end - start >= ShortestPart && !(cuts[end] && Recurs(texts, length, new Part(start, end - start))))
            {
                end--;
            }
            if (end - start >= ShortestPart)
            {
                parts.Add(new Part(start, end - start));
                start = end;
            }
            else
            {
                start = Array.IndexOf(cuts, true, start + 1);
            }
        }
        return parts.Count == 0 ? null : new SnappyParts(length, [.. parts]);
    }

    /// <inheritdoc/>
    public override unsafe int Compress(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Snappy.MaxCompressedLength(source.Length));
        ushort[] tables = Tables(_parts.Length);
        fixed (byte* bytes = source)
        fixed (byte* output = destination)
        fixed (ushort* slots = tables)
        {
            byte* to = output + SnappyElements.Length(source.Length, destination);
            byte* literal = bytes;
            // Where the first text begins nobody says.
            int start = -1;
            foreach (int position in ends)
            {
                int text = start;
                start = position - offset;
                if (text < 0 || start - text != _textLength || text > source.Length - _textLength - LongestPart)
                {
                    continue;
                }
                ushort* table = slots;
                foreach (ref readonly Part part in _parts.AsSpan())
                {
                    byte* at = bytes + text + part.Start;
                    byte* known = Last(table, bytes, at, in part);
                    table += 1 << TableBits;
                    if (known == null)
                    {
                        continue;
                    }
                    to = SnappyElements.Literals(literal, at, to);
                    to = SnappyElements.Copy((int)(at - known), part.Length, to);
                    literal = at + part.Length;
                }
            }
            return (int)(SnappyElements.LastLiterals(literal, bytes + source.Length, to) - output);
        }
    }

    /// <summary>Where the part at <paramref name="at"/> was seen last, close enough for a copy, or null; it is remembered. 16 bytes are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe byte* Last(ushort* table, byte* bytes, byte* at, in Part part)
    {
        Vector128<byte> here = Vector128.Load(at);
        ushort position = (ushort)(at - bytes);
        ushort* slot = table + part.Slot(here);
        int distance = (ushort)(position - *slot);
        *slot = position;
        byte* known = at - distance;
        if (distance == 0 || known < bytes)
        {
            return null;
        }
        uint same = Vector128.Equals(here, Vector128.Load(known)).ExtractMostSignificantBits();
        return (same & part.Mask) == part.Mask ? known : null;
    }

    private static ushort[] Tables(int parts)
    {
        ushort[] tables = _tables ??= new ushort[MostParts << TableBits];
        tables.AsSpan(0, parts << TableBits).Clear();
        return tables;
    }

    /// <summary>The whole texts of a sample, end to end, and their length; false when they have several.</summary>
    private static bool TryGetTexts(
        ReadOnlySpan<byte> sample,
        ReadOnlySpan<int> ends,
        int offset,
        out ReadOnlySpan<byte> texts,
        out int length
    )
    {
        texts = default;
        length = 0;
        int first = ends.BinarySearch(offset);
        // From there on texts end in the sample; the first of them begins where nobody knows.
        ReadOnlySpan<int> inside = ends[(first < 0 ? ~first : first)..];
        if (inside.Length <= FewestTexts)
        {
            return false;
        }
        length = inside[1] - inside[0];
        if (length is < ShortestText or > LongestText)
        {
            return false;
        }
        for (int i = 2; i < inside.Length; i++)
        {
            if (inside[i] - inside[i - 1] != length)
            {
                return false;
            }
        }
        texts = sample[(inside[0] - offset)..(inside[^1] - offset)];
        return true;
    }

    /// <summary>
    /// Where a part may begin or end: at the ends of the texts, and behind a byte that is the same in all of them while the next one is not. It is punctuation that divides what varies on its own.
    /// </summary>
    private static bool[] Cuts(ReadOnlySpan<byte> texts, int length)
    {
        Vector512<byte> varying = Vector512<byte>.Zero;
        for (int i = length; i <= texts.Length - LongestText; i += length)
        {
            varying |= Vector512.Create(texts[i..]) ^ Vector512.Create(texts[(i - length)..]);
        }
        ulong varies = ~Vector512.Equals(varying, Vector512<byte>.Zero).ExtractMostSignificantBits();
        bool[] cuts = new bool[length + 1];
        for (int i = 1; i < length; i++)
        {
            cuts[i] = (varies >> (i - 1) & 0b11) == 0b10;
        }
        cuts[length] = true;
        return cuts;
    }

    private static unsafe bool Recurs(ReadOnlySpan<byte> texts, int length, Part part)
    {
        int count = (texts.Length - LongestPart) / length;
        int found = 0;
        fixed (byte* bytes = texts)
        fixed (ushort* table = Tables(1))
        {
            for (int i = 0; i < count; i++)
            {
                found += Last(table, bytes, bytes + (i * length) + part.Start, in part) == null ? 0 : 1;
            }
        }
        return found >= count / RecurringShare;
    }

    /// <summary>A place in each text; at most 16 bytes.</summary>
    private readonly struct Part(int start, int length)
    {
        private readonly Vector128<byte> _bytes = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));

        public int Start { get; } = start;

        public int Length { get; } = length;

        /// <summary>A bit for each byte of a vector that is the part's.</summary>
        public uint Mask { get; } = (1u << length) - 1;

        /// <summary>The slot of a part at the beginning of a vector.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public int Slot(Vector128<byte> vector)
        {
            Vector128<ulong> words = (vector & _bytes).AsUInt64();
            ulong mixed = (words.GetElement(0) ^ BitOperations.RotateLeft(words.GetElement(1), 29)) * Multiplier;
            return (int)(mixed >> (64 - TableBits));
        }
    }
}
