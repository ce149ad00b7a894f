namespace StreamEtl.Sources;

/// <summary>
/// Decoding table of one DEFLATE code (RFC 1951, section 3.2.2): a root table over the next bits of the stream, least significant first, and
/// second-level tables for codes longer than the root. Accepts exactly what zlib accepts: complete codes, one single code of one bit, or
/// no code at all; everything that the stream does not define decodes to <see cref="Invalid"/>.
/// </summary>
/// <param name="rootBits">Bits that index the root table.</param>
internal sealed class HuffmanTable(int rootBits)
{
    /// <summary>Longest code.</summary>
    public const int MaxBits = 15;

    /// <summary>The symbol is a byte of output: <c>entry &gt;&gt; 16</c>.</summary>
    public const uint Literal = 0x8000;

    /// <summary>The entry leads to a second-level table at <c>entry &gt;&gt; 16</c>.</summary>
    public const uint Link = 0x4000;

    /// <summary>End of the block.</summary>
    public const uint End = 0x2000;

    /// <summary>No symbol has this code.</summary>
    public const uint Invalid = 0x1000;

    private readonly int _rootBits = rootBits;
    private uint[] _entries = new uint[1 << rootBits];
    private int _linkBits;

    /// <summary>
    /// The entries: bits 0-7 the length of the code, bits 8-11 the number of extra bits, bits 12-15 the flags, bits 16-31 the value (a literal, the
    /// base of a length or distance, or where the second-level table starts).
    /// </summary>
    public uint[] Entries => _entries;

    /// <summary>Bits that index each second-level table.</summary>
    public int LinkBits => _linkBits;

    /// <summary>Builds the table. <paramref name="meanings"/> gives the flags, extra bits and value of each symbol. False when the lengths are no code.</summary>
    public bool TryBuild(ReadOnlySpan<byte> lengths, ReadOnlySpan<uint> meanings)
    {
        Span<int> counts = stackalloc int[MaxBits + 1];
        counts.Clear();
        foreach (byte length in lengths)
        {
            counts[length]++;
        }
        int used = lengths.Length - counts[0];
        counts[0] = 0;
        Span<int> next = stackalloc int[MaxBits + 2];
        int longest = 0;
        int code = 0;
        int left = 1;
        for (int bits = 1; bits <= MaxBits; bits++)
        {
            left = (left << 1) - counts[bits];
            if (left < 0)
            {
                return false;
            }
            code = (code + counts[bits - 1]) << 1;
            next[bits] = code;
            longest = counts[bits] > 0 ? bits : longest;
        }
        if (left > 0 && used > 0 && longest != 1)
        {
            return false;
        }
        int rootSize = 1 << _rootBits;
        Array.Fill(_entries, Invalid | 1, 0, rootSize);
        _linkBits = Math.Max(longest - _rootBits, 0);
        int end = rootSize;
        for (int symbol = 0; symbol < lengths.Length; symbol++)
        {
            int length = lengths[symbol];
            if (length > 0)
            {
                Insert(Reverse(next[length]++, length), length, meanings[symbol] | (uint)length, ref end);
            }
        }
        return true;
    }

    private static int Reverse(int code, int length)
    {
        int reversed = 0;
        for (int i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | (code & 1);
            code >>= 1;
        }
        return reversed;
    }

    private void Insert(int reversed, int length, uint entry, ref int end)
    {
        if (length <= _rootBits)
        {
            for (int i = reversed; i < 1 << _rootBits; i += 1 << length)
            {
                _entries[i] = entry;
            }
            return;
        }
        ref uint link = ref _entries[reversed & ((1 << _rootBits) - 1)];
        if ((link & Link) == 0)
        {
            link = Link | ((uint)end << 16) | (uint)_rootBits;
            int size = end + (1 << _linkBits);
            if (size > _entries.Length)
            {
                uint copy = link;
                Array.Resize(ref _entries, Math.Max(size, _entries.Length * 2));
                link = ref _entries[reversed & ((1 << _rootBits) - 1)];
                link = copy;
            }
            Array.Fill(_entries, Invalid | 1, end, 1 << _linkBits);
            end = size;
        }
        int start = (int)(link >> 16);
        for (int i = reversed >> _rootBits; i < 1 << _linkBits; i += 1 << (length - _rootBits))
        {
            _entries[start + i] = entry;
        }
    }
}
