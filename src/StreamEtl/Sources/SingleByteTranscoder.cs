using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace StreamEtl.Sources;

/// <summary>
/// Encodings whose bytes each stand for one character and whose lower half is ASCII (Windows-1252, ISO 8859, …): runs of ASCII are copied 32 bytes at a
/// time, other bytes go through a table.
/// </summary>
internal sealed class SingleByteTranscoder : Transcoder
{
    private const int LengthShift = 24;

    /// <summary>For each byte: up to three bytes of UTF-8 in the low 24 bits, first byte lowest, and their number above; 0 where the encoding has nothing.</summary>
    private readonly uint[] _table = new uint[256];

    /// <summary>Takes the 256 characters; U+FFFD where there is none.</summary>
    public SingleByteTranscoder(ReadOnlySpan<char> characters)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i < 256; i++)
        {
            utf8.Clear();
            int length = characters[i] == '\uFFFD' ? 0 : new Rune(characters[i]).EncodeToUtf8(utf8);
            _table[i] = utf8[0] | ((uint)utf8[1] << 8) | ((uint)utf8[2] << 16) | ((uint)length << LengthShift);
        }
    }

    /// <summary>ISO 8859-1: every byte is the character of its number.</summary>
    public static SingleByteTranscoder Latin1()
    {
        Span<char> characters = stackalloc char[256];
        FillLatin1(characters);
        return new SingleByteTranscoder(characters);
    }

    /// <summary>Windows-1252; its five undefined bytes are C1 controls (WHATWG Encoding Standard, index windows-1252).</summary>
    public static SingleByteTranscoder Windows1252()
    {
        Span<char> characters = stackalloc char[256];
        FillLatin1(characters);
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ".CopyTo(characters[0x80..]);
        return new SingleByteTranscoder(characters);
    }

    /// <inheritdoc/>
    public override void Convert(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int consumed, out int written)
    {
        int from = 0;
        int to = 0;
        ref byte input = ref MemoryMarshal.GetReference(source);
        ref byte output = ref MemoryMarshal.GetReference(destination);
        while (from <= source.Length - Vector256<byte>.Count && to <= destination.Length - Vector256<byte>.Count - 4)
        {
            Vector256<byte> block = Vector256.LoadUnsafe(ref input, (nuint)from);
            block.StoreUnsafe(ref output, (nuint)to);
            uint high = block.ExtractMostSignificantBits();
            if (high == 0)
            {
                from += Vector256<byte>.Count;
                to += Vector256<byte>.Count;
                continue;
            }
            int ascii = BitOperations.TrailingZeroCount(high);
            from += ascii;
            to += ascii;
            uint entry = _table[Unsafe.Add(ref input, from)];
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, to), entry);
            int length = (int)(entry >> LengthShift);
            if (length == 0)
            {
                throw Undefined(source, from);
            }
            from++;
            to += length;
        }
        while (from < source.Length)
        {
            uint entry = _table[source[from]];
            int length = (int)(entry >> LengthShift);
            if (length == 0)
            {
                throw Undefined(source, from);
            }
            if (to + length > destination.Length)
            {
                break;
            }
            for (int i = 0; i < length; i++)
            {
                destination[to++] = (byte)(entry >> (8 * i));
            }
            from++;
        }
        consumed = from;
        written = to;
    }

    private static InvalidTextException Undefined(ReadOnlySpan<byte> source, int at) =>
        new(at, $"the byte 0x{source[at]:X2} has no meaning");

    private static void FillLatin1(Span<char> characters)
    {
        for (int i = 0; i < characters.Length; i++)
        {
            characters[i] = (char)i;
        }
    }
}
