using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Compression;

/// <summary>What a Snappy block is made of (google/snappy, format_description.txt), written; each returns where the next element goes.</summary>
internal static class SnappyElements
{
    /// <summary>Longest literal written at once.</summary>
    public const int LongestLiteral = 1 << 16;

    /// <summary>So many bytes of the source follow a <see cref="Literal"/>.</summary>
    public const int Margin = 15;

    /// <summary>Spreads four bytes over a table by its high bits.</summary>
    public const uint Multiplier = 0x1E35A7BD;

    /// <summary>A literal that ends at least <see cref="Margin"/> bytes before the piece does, so that 16 bytes at a time may be copied, whatever its length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe byte* Literal(byte* literal, int length, byte* to)
    {
        if (length is 0 or > 60)
        {
            return LongLiteral(literal, length, to);
        }
        *to++ = (byte)((length - 1) << 2);
        for (int i = 0; i < length; i += 16)
        {
            Vector128.Load(literal + i).Store(to + i);
        }
        return to + length;
    }

    /// <summary>A literal of any length up to <see cref="LongestLiteral"/>; none where it is empty.</summary>
    public static unsafe byte* LongLiteral(byte* literal, int length, byte* to)
    {
        if (length == 0)
        {
            return to;
        }
        int n = length - 1;
        if (n < 60)
        {
            *to++ = (byte)(n << 2);
        }
        else if (n < 256)
        {
            *to++ = 60 << 2;
            *to++ = (byte)n;
        }
        else
        {
            *to++ = 61 << 2;
            *to++ = (byte)n;
            *to++ = (byte)(n >> 8);
        }
        Unsafe.CopyBlockUnaligned(to, literal, (uint)length);
        return to + length;
    }

    /// <summary>As many literals as it takes, or none; the last ends as that of <see cref="Literal"/> does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe byte* Literals(byte* literal, byte* end, byte* to)
    {
        if (literal == end)
        {
            return to;
        }
        if (end - literal > LongestLiteral)
        {
            return LastLiterals(literal, end, to);
        }
        return Literal(literal, (int)(end - literal), to);
    }

    /// <summary>As <see cref="Literals"/>, up to the last byte of the source.</summary>
    public static unsafe byte* LastLiterals(byte* literal, byte* end, byte* to)
    {
        for (; end - literal > LongestLiteral; literal += LongestLiteral)
        {
            to = LongLiteral(literal, LongestLiteral, to);
        }
        return LongLiteral(literal, (int)(end - literal), to);
    }

    /// <summary>Copies of at least 4 bytes in all, from less than 64 KiB before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe byte* Copy(int offset, int run, byte* to)
    {
        while (run >= 68)
        {
            to = LongCopy(offset, 64, to);
            run -= 64;
        }
        if (run > 64)
        {
            // Leaves at least four for the last copy.
            to = LongCopy(offset, 60, to);
            run -= 60;
        }
        if (run >= 12 || offset >= 2048)
        {
            return LongCopy(offset, run, to);
        }
        to[0] = (byte)(1 | (run - 4) << 2 | offset >> 8 << 5);
        to[1] = (byte)offset;
        return to + 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe byte* LongCopy(int offset, int run, byte* to)
    {
        to[0] = (byte)(2 | (run - 1) << 2);
        to[1] = (byte)offset;
        to[2] = (byte)(offset >> 8);
        return to + 3;
    }

    /// <summary>The varint that a block begins with; returns its bytes.</summary>
    public static int Length(int length, Span<byte> destination)
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
}
