using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Compression;

/// <summary>
/// Raw Snappy blocks (google/snappy, format_description.txt): a varint of the uncompressed length, then literals and copies. The compressor works on 64 KiB pieces
/// with a table of 16-bit positions, and strides ever faster where it finds nothing; the decompressor proves every length before it copies.
/// </summary>
public static class Snappy
{
    private const int PieceBytes = SnappyElements.LongestLiteral;
    private const int TableBits = 14;

    /// <summary>The first stride, in 32nds of a byte.</summary>
    private const uint FirstSkip = 4 * 32;

    /// <summary>Closer than this to the end of a piece no match is sought, so that 8 bytes can always be read.</summary>
    private const int Margin = SnappyElements.Margin;

    [ThreadStatic]
    private static ushort[]? _table;

    /// <summary>Room that <see cref="Compress"/> may need for <paramref name="length"/> bytes.</summary>
    public static int MaxCompressedLength(int length) => checked(32 + length + (length / 6));

    /// <summary>Compresses; returns the bytes written. <paramref name="destination"/> holds at least <see cref="MaxCompressedLength"/>.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxCompressedLength(source.Length));
        int written = SnappyElements.Length(source.Length, destination);
        ushort[] table = _table ??= new ushort[1 << TableBits];
        for (int at = 0; at < source.Length; at += PieceBytes)
        {
            ReadOnlySpan<byte> piece = source.Slice(at, Math.Min(PieceBytes, source.Length - at));
            written += CompressPiece(piece, destination[written..], table);
        }
        return written;
    }

    /// <summary>The uncompressed length that a block states; false when it states none.</summary>
    public static bool TryGetUncompressedLength(ReadOnlySpan<byte> source, out int length, out int headerBytes)
    {
        length = 0;
        headerBytes = 0;
        long value = 0;
        for (int shift = 0; shift < 35 && headerBytes < source.Length; shift += 7)
        {
            byte b = source[headerBytes++];
            value |= (long)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                length = (int)value;
                return value <= int.MaxValue;
            }
        }
        return false;
    }

    /// <summary>Decompresses; false when the block is damaged or does not fit.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        if (!TryGetUncompressedLength(source, out int length, out int at) || length > destination.Length)
        {
            return false;
        }
        written = length;
        return SnappyDecoder.TryDecode(source, at, destination[..length]);
    }

    private static unsafe int CompressPiece(ReadOnlySpan<byte> piece, Span<byte> destination, ushort[] table)
    {
        // A small piece needs a small table only, and clearing is part of the cost.
        int bits = Math.Clamp(BitOperations.Log2((uint)piece.Length) + 1, 8, TableBits);
        Array.Clear(table, 0, 1 << bits);
        fixed (byte* source = piece)
        fixed (byte* output = destination)
        fixed (ushort* slots = table)
        {
            byte* to = output;
            byte* literal = source;
            byte* end = source + piece.Length;
            if (piece.Length > Margin)
            {
                literal = FindCopies(source, end, slots, 32 - bits, ref to);
            }
            return (int)(SnappyElements.LongLiteral(literal, (int)(end - literal), to) - output);
        }
    }

    /// <summary>
    /// Writes everything up to the last copy; returns where the bytes after it start. Only every fourth position is looked up, and fewer the longer nothing is found;
    /// what begins before a position that matches is won back by comparing backwards. Against looking at each, that is half the time for a few percent more bytes.
    /// </summary>
    private static unsafe byte* FindCopies(byte* source, byte* end, ushort* slots, int shift, ref byte* output)
    {
        byte* to = output;
        byte* limit = end - Margin;
        byte* literal = source;
        byte* at = source + 1;
        while (at <= limit)
        {
            byte* candidate = null;
            for (uint skip = FirstSkip; at <= limit; at += skip++ >> 5)
            {
                uint four = Read4(at);
                ushort* slot = slots + (four * SnappyElements.Multiplier >> shift);
                candidate = source + *slot;
                *slot = (ushort)(at - source);
                if (four == Read4(candidate))
                {
                    break;
                }
                candidate = null;
            }
            if (candidate == null)
            {
                break;
            }
            int run = 4 + MatchLength(candidate + 4, at + 4, end);
            while (at > literal && candidate > source && at[-1] == candidate[-1])
            {
                at--;
                candidate--;
                run++;
            }
            to = SnappyElements.Literal(literal, (int)(at - literal), to);
            while (true)
            {
                to = SnappyElements.Copy((int)(at - candidate), run, to);
                at += run;
                literal = at;
                if (at > limit)
                {
                    break;
                }
                // The position before the next is remembered too: cheap, and finds more.
                ulong eight = *(ulong*)(at - 1);
                slots[(uint)eight * SnappyElements.Multiplier >> shift] = (ushort)(at - 1 - source);
                uint four = (uint)(eight >> 8);
                ushort* slot = slots + (four * SnappyElements.Multiplier >> shift);
                candidate = source + *slot;
                *slot = (ushort)(at - source);
                if (four != Read4(candidate))
                {
                    at++;
                    break;
                }
                run = 4 + MatchLength(candidate + 4, at + 4, end);
            }
        }
        output = to;
        return literal;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int MatchLength(byte* a, byte* b, byte* end)
    {
        byte* start = b;
        while (b + 8 <= end)
        {
            ulong difference = *(ulong*)a ^ *(ulong*)b;
            if (difference != 0)
            {
                return (int)(b - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }
            a += 8;
            b += 8;
        }
        while (b < end && *a == *b)
        {
            a++;
            b++;
        }
        return (int)(b - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe uint Read4(byte* at) => *(uint*)at;
}
