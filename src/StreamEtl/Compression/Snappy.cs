using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Compression;

/// <summary>
/// Raw Snappy blocks (google/snappy, format_description.txt): a varint of the uncompressed length, then literals and copies. The compressor works on 64 KiB pieces
/// with a table of 16-bit positions, and strides faster the longer it finds nothing; the decompressor proves every length before it copies.
/// </summary>
public static class Snappy
{
    private const int PieceBytes = 1 << 16;
    private const int TableBits = 14;

    /// <summary>Closer than this to the end of a piece no match is sought, so that 8 bytes can always be read.</summary>
    private const int Margin = 15;

    [ThreadStatic]
    private static ushort[]? _table;

    /// <summary>Room that <see cref="Compress"/> may need for <paramref name="length"/> bytes.</summary>
    public static int MaxCompressedLength(int length) => checked(32 + length + (length / 6));

    /// <summary>Compresses; returns the bytes written. <paramref name="destination"/> holds at least <see cref="MaxCompressedLength"/>.</summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxCompressedLength(source.Length));
        int written = WriteLength(source.Length, destination);
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
        Span<byte> target = destination[..length];
        while (at < source.Length)
        {
            byte tag = source[at++];
            if ((tag & 3) == 0)
            {
                int count = (tag >> 2) + 1;
                if (count > 60)
                {
                    int extra = count - 60;
                    if (source.Length - at < extra)
                    {
                        return false;
                    }
                    uint stated = 0;
                    for (int i = 0; i < extra; i++)
                    {
                        stated |= (uint)source[at++] << (8 * i);
                    }
                    if (stated >= int.MaxValue)
                    {
                        return false;
                    }
                    count = (int)stated + 1;
                }
                if (count > source.Length - at || count > length - written)
                {
                    return false;
                }
                source.Slice(at, count).CopyTo(target[written..]);
                at += count;
                written += count;
                continue;
            }
            int offset;
            int run;
            switch (tag & 3)
            {
                case 1 when at < source.Length:
                    run = (tag >> 2 & 7) + 4;
                    offset = (tag >> 5 << 8) | source[at++];
                    break;
                case 2 when source.Length - at >= 2:
                    run = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadUInt16LittleEndian(source[at..]);
                    at += 2;
                    break;
                case 3 when source.Length - at >= 4:
                    run = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadInt32LittleEndian(source[at..]);
                    at += 4;
                    break;
                default:
                    return false;
            }
            if (offset <= 0 || offset > written || run > length - written)
            {
                return false;
            }
            CopyMatch(target, written, offset, run);
            written += run;
        }
        return written == length;
    }

    /// <summary>Copies from the output itself; source and target may overlap, and then bytes repeat.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyMatch(Span<byte> target, int at, int offset, int run)
    {
        if (offset >= 16 && at + run + 16 <= target.Length)
        {
            // Sixteen at a time with slop behind the run: what is written too far is overwritten by what comes next.
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), at);
            ref byte from = ref Unsafe.Subtract(ref to, offset);
            for (int i = 0; i < run; i += 16)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<UInt128>(ref Unsafe.Add(ref from, i)));
            }
            return;
        }
        for (int i = 0; i < run; i++)
        {
            target[at + i] = target[at - offset + i];
        }
    }

    private static int CompressPiece(ReadOnlySpan<byte> piece, Span<byte> destination, ushort[] table)
    {
        if (piece.Length <= Margin)
        {
            return piece.IsEmpty ? 0 : WriteLiteral(piece, destination);
        }
        // A small piece needs a small table only, and clearing is part of the cost.
        int bits = Math.Clamp(BitOperations.Log2((uint)piece.Length) + 1, 8, TableBits);
        Array.Clear(table, 0, 1 << bits);
        int shift = 32 - bits;
        ref byte source = ref MemoryMarshal.GetReference(piece);
        ref ushort slots = ref MemoryMarshal.GetArrayDataReference(table);
        int written = 0;
        int literal = 0;
        int at = 1;
        int limit = piece.Length - Margin;
        while (true)
        {
            int skip = 32;
            int candidate;
            int next = at;
            uint four = Read4(ref source, next);
            do
            {
                at = next;
                if (at > limit)
                {
                    return written + WriteLiteral(piece[literal..], destination[written..]);
                }
                next = at + (skip++ >> 5);
                ref ushort slot = ref Unsafe.Add(ref slots, (nint)(four * 0x1E35A7BD >> shift));
                candidate = slot;
                slot = (ushort)at;
                if (four == Read4(ref source, candidate))
                {
                    break;
                }
                four = Read4(ref source, Math.Min(next, limit));
            } while (true);
            if (at > literal)
            {
                written += WriteLiteral(piece[literal..at], destination[written..]);
            }
            do
            {
                int run = 4 + MatchLength(ref source, candidate + 4, at + 4, piece.Length);
                written += WriteCopy(at - candidate, run, destination[written..]);
                at += run;
                literal = at;
                if (at > limit)
                {
                    return written + (literal < piece.Length ? WriteLiteral(piece[literal..], destination[written..]) : 0);
                }
                // The position before the next is remembered too: cheap, and finds more.
                ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, at - 1));
                Unsafe.Add(ref slots, (nint)((uint)eight * 0x1E35A7BD >> shift)) = (ushort)(at - 1);
                four = (uint)(eight >> 8);
                ref ushort slot = ref Unsafe.Add(ref slots, (nint)(four * 0x1E35A7BD >> shift));
                candidate = slot;
                slot = (ushort)at;
            } while (four == Read4(ref source, candidate) && candidate < at);
            at++;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int MatchLength(ref byte source, int a, int b, int end)
    {
        int start = b;
        while (b + 8 <= end)
        {
            ulong difference =
                Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, a)) ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, b));
            if (difference != 0)
            {
                return b - start + (BitOperations.TrailingZeroCount(difference) >> 3);
            }
            a += 8;
            b += 8;
        }
        while (b < end && Unsafe.Add(ref source, a) == Unsafe.Add(ref source, b))
        {
            a++;
            b++;
        }
        return b - start;
    }

    private static int WriteLiteral(ReadOnlySpan<byte> literal, Span<byte> destination)
    {
        int n = literal.Length - 1;
        int header;
        if (n < 60)
        {
            destination[0] = (byte)(n << 2);
            header = 1;
        }
        else if (n < 256)
        {
            destination[0] = 60 << 2;
            destination[1] = (byte)n;
            header = 2;
        }
        else
        {
            destination[0] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], (ushort)n);
            header = 3;
        }
        literal.CopyTo(destination[header..]);
        return header + literal.Length;
    }

    private static int WriteCopy(int offset, int run, Span<byte> destination)
    {
        int written = 0;
        while (run >= 68)
        {
            written += WriteLongCopy(offset, 64, destination[written..]);
            run -= 64;
        }
        if (run > 64)
        {
            // Leaves at least four for the last copy.
            written += WriteLongCopy(offset, 60, destination[written..]);
            run -= 60;
        }
        if (run < 12 && offset < 2048)
        {
            destination[written] = (byte)(1 | (run - 4) << 2 | offset >> 8 << 5);
            destination[written + 1] = (byte)offset;
            return written + 2;
        }
        return written + WriteLongCopy(offset, run, destination[written..]);
    }

    private static int WriteLongCopy(int offset, int run, Span<byte> destination)
    {
        destination[0] = (byte)(2 | (run - 1) << 2);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], (ushort)offset);
        return 3;
    }

    private static int WriteLength(int length, Span<byte> destination)
    {
        uint value = (uint)length;
        int written = 0;
        while (value >= 0x80)
        {
            destination[written++] = (byte)(value | 0x80);
            value >>= 7;
        }
        destination[written++] = (byte)value;
        return written;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read4(ref byte source, int at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref source, at));
}
