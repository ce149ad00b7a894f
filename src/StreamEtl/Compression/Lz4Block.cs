using System.Buffers.Binary;

namespace StreamEtl.Compression;

/// <summary>
/// Raw LZ4 blocks (lz4/lz4, doc/lz4_Block_format.md): tokens of a literal and a match length, 16-bit offsets; the last five bytes are literals and the last match
/// starts twelve bytes before the end.
/// </summary>
internal static class Lz4Block
{
    private const int TableBits = 14;
    private const int LastLiterals = 5;
    private const int MatchLimit = 12;

    [ThreadStatic]
    private static int[]? _table;

    /// <summary>Room that <see cref="Compress"/> may need.</summary>
    public static int MaxCompressedLength(int length) => checked(length + (length / 255) + 16);

    /// <summary>Compresses; returns the bytes written.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int[] table = _table ??= new int[1 << TableBits];
        Array.Clear(table);
        int written = 0;
        int literal = 0;
        int at = 0;
        while (at < source.Length - MatchLimit)
        {
            uint four = BinaryPrimitives.ReadUInt32LittleEndian(source[at..]);
            int hash = (int)(four * 2654435761u >> (32 - TableBits));
            int candidate = table[hash] - 1;
            table[hash] = at + 1;
            if (candidate < 0 || at - candidate > ushort.MaxValue || BinaryPrimitives.ReadUInt32LittleEndian(source[candidate..]) != four)
            {
                at += 1 + ((at - literal) >> 6);
                continue;
            }
            int run = 4 + source[(candidate + 4)..].CommonPrefixLength(source[(at + 4)..^LastLiterals]);
            written += WriteSequence(source[literal..at], at - candidate, run, destination[written..]);
            at += run;
            literal = at;
        }
        return written + WriteSequence(source[literal..], 0, 0, destination[written..]);
    }

    /// <summary>Decompresses; false when the block is damaged or does not fit.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        int at = 0;
        while (at < source.Length)
        {
            byte token = source[at++];
            int count = token >> 4;
            if (count == 15 && !TryLength(source, ref at, ref count) || count > source.Length - at || count > destination.Length - written)
            {
                return false;
            }
            source.Slice(at, count).CopyTo(destination[written..]);
            at += count;
            written += count;
            if (at == source.Length)
            {
                return true;
            }
            if (source.Length - at < 2)
            {
                return false;
            }
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
            at += 2;
            int run = token & 15;
            if (run == 15 && !TryLength(source, ref at, ref run))
            {
                return false;
            }
            run += 4;
            if (offset == 0 || offset > written || run > destination.Length - written)
            {
                return false;
            }
            for (int i = 0; i < run; i++, written++)
            {
                destination[written] = destination[written - offset];
            }
        }
        return source.Length == 0;
    }

    private static bool TryLength(ReadOnlySpan<byte> source, ref int at, ref int length)
    {
        byte more;
        do
        {
            if (at >= source.Length)
            {
                return false;
            }
            more = source[at++];
            length += more;
            if (length < 0)
            {
                return false;
            }
        } while (more == 255);
        return true;
    }

    private static int WriteSequence(ReadOnlySpan<byte> literal, int offset, int run, Span<byte> destination)
    {
        int written = 1;
        int stored = Math.Max(run - 4, 0);
        destination[0] = (byte)(Math.Min(literal.Length, 15) << 4 | (run == 0 ? 0 : Math.Min(stored, 15)));
        WriteLength(literal.Length, destination, ref written);
        literal.CopyTo(destination[written..]);
        written += literal.Length;
        if (run > 0)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination[written..], (ushort)offset);
            written += 2;
            WriteLength(stored, destination, ref written);
        }
        return written;
    }

    private static void WriteLength(int length, Span<byte> destination, ref int written)
    {
        if (length < 15)
        {
            return;
        }
        for (length -= 15; length >= 255; length -= 255)
        {
            destination[written++] = 255;
        }
        destination[written++] = (byte)length;
    }
}
