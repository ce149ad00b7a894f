using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StreamEtl.Compression;

/// <summary>Decodes raw Snappy (format_description.txt of google/snappy).</summary>
internal static class SnappyDecoder
{
    /// <summary>Longest copy that is made without looking at its exact length, where there is room.</summary>
    private const int Stride = 16;

    /// <summary>No element of up to 60 literal bytes or a copy reads or writes further than this.</summary>
    private const int Margin = 80;

    /// <summary>Decodes what follows the stated length, from <paramref name="from"/> on, into exactly <paramref name="target"/>; false when the data is damaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, int from, Span<byte> target)
    {
        int to = 0;
        return TryDecodeFast(source, target, ref from, ref to) && TryDecodeRest(source, target, from, to);
    }

    /// <summary>Decodes as long as neither end is near, so that short runs are copied without a look at their length; the rest is left to the careful loop.</summary>
    private static bool TryDecodeFast(ReadOnlySpan<byte> source, Span<byte> target, ref int fromHere, ref int toHere)
    {
        int from = fromHere;
        int to = toHere;
        int lastFrom = source.Length - Margin;
        int lastTo = target.Length - Margin;
        ref byte input = ref MemoryMarshal.GetReference(source);
        ref byte output = ref MemoryMarshal.GetReference(target);
        while (from < lastFrom && to < lastTo)
        {
            uint tag = Unsafe.Add(ref input, from);
            if ((tag & 3) == 0)
            {
                int literal = (int)(tag >> 2) + 1;
                if (literal > 60)
                {
                    from++;
                    if (!TryCopyLongLiteral(source, target, ref from, ref to, literal))
                    {
                        return false;
                    }
                    continue;
                }
                ref byte start = ref Unsafe.Add(ref input, from + 1);
                ref byte end = ref Unsafe.Add(ref output, to);
                Copy16(ref start, ref end);
                if (literal > Stride)
                {
                    Copy16(ref Unsafe.Add(ref start, 16), ref Unsafe.Add(ref end, 16));
                    Copy16(ref Unsafe.Add(ref start, 32), ref Unsafe.Add(ref end, 32));
                    Copy16(ref Unsafe.Add(ref start, 48), ref Unsafe.Add(ref end, 48));
                }
                from += literal + 1;
                to += literal;
                continue;
            }
            uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, from + 1));
            uint offset;
            int count;
            if ((tag & 3) == 1)
            {
                offset = ((tag & 0xE0) << 3) | (byte)word;
                count = (int)((tag >> 2) & 7) + 4;
                from += 2;
            }
            else
            {
                bool isShort = (tag & 3) == 2;
                offset = isShort ? (ushort)word : word;
                count = (int)(tag >> 2) + 1;
                from += isShort ? 3 : 5;
            }
            if (offset - 1 >= (uint)to)
            {
                return false;
            }
            CopyBackFast(ref Unsafe.Add(ref output, to), (int)offset, count);
            to += count;
        }
        (fromHere, toHere) = (from, to);
        return true;
    }

    /// <summary>A literal of any length, from behind its tag on; above 60, <paramref name="count"/> says how many bytes its length takes.</summary>
    private static bool TryCopyLongLiteral(ReadOnlySpan<byte> source, Span<byte> target, ref int from, ref int to, int count)
    {
        if (count > 60 && !TryReadLiteralLength(source, ref from, ref count))
        {
            return false;
        }
        if (count > source.Length - from || count > target.Length - to)
        {
            return false;
        }
        source.Slice(from, count).CopyTo(target[to..]);
        from += count;
        to += count;
        return true;
    }

    /// <summary>Repeats up to 64 bytes, writing as many as 64 in any case.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyBackFast(ref byte to, int offset, int count)
    {
        ref byte from = ref Unsafe.Subtract(ref to, offset);
        if (offset >= Stride)
        {
            Copy16(ref from, ref to);
            for (int i = Stride; i < count; i += Stride)
            {
                Copy16(ref Unsafe.Add(ref from, i), ref Unsafe.Add(ref to, i));
            }
        }
        else if (offset >= sizeof(ulong))
        {
            for (int i = 0; i < count; i += sizeof(ulong))
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, i)));
            }
        }
        else if ((offset & (offset - 1)) == 0)
        {
            // Periods of 1, 2 and 4 bytes fill 8 bytes evenly.
            ulong pattern = offset switch
            {
                1 => from * 0x0101010101010101UL,
                2 => Unsafe.ReadUnaligned<ushort>(ref from) * 0x0001000100010001UL,
                _ => Unsafe.ReadUnaligned<uint>(ref from) * 0x0000000100000001UL,
            };
            for (int i = 0; i < count; i += sizeof(ulong))
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), pattern);
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                Unsafe.Add(ref to, i) = Unsafe.Add(ref from, i);
            }
        }
    }

    private static bool TryDecodeRest(ReadOnlySpan<byte> source, Span<byte> target, int from, int to)
    {
        ref byte input = ref MemoryMarshal.GetReference(source);
        ref byte output = ref MemoryMarshal.GetReference(target);
        while (from < source.Length)
        {
            int tag = Unsafe.Add(ref input, from++);
            if ((tag & 3) == 0)
            {
                int count = (tag >> 2) + 1;
                if (!TryCopyLongLiteral(source, target, ref from, ref to, count))
                {
                    return false;
                }
                continue;
            }
            int extra = (tag & 3) == 3 ? 4 : tag & 3;
            if (extra > source.Length - from)
            {
                return false;
            }
            int copied = (tag & 3) == 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
            long offset = extra switch
            {
                1 => ((tag & 0xE0) << 3) | Unsafe.Add(ref input, from),
                2 => Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref input, from)),
                _ => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref input, from)),
            };
            from += extra;
            if (offset == 0 || offset > to || copied > target.Length - to)
            {
                return false;
            }
            CopyBack(target, to, (int)offset, copied);
            to += copied;
        }
        return to == target.Length;
    }

    /// <summary>Repeats <paramref name="count"/> bytes from <paramref name="offset"/> bytes before, which may overlap what is written.</summary>
    private static void CopyBack(Span<byte> target, int to, int offset, int count)
    {
        ref byte output = ref MemoryMarshal.GetReference(target);
        if (offset >= Stride && target.Length - to >= ((count + Stride - 1) & -Stride))
        {
            for (int i = 0; i < count; i += Stride)
            {
                Copy16(ref Unsafe.Add(ref output, to - offset + i), ref Unsafe.Add(ref output, to + i));
            }
        }
        else if (offset >= count)
        {
            target.Slice(to - offset, count).CopyTo(target[to..]);
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                Unsafe.Add(ref output, to + i) = Unsafe.Add(ref output, to - offset + i);
            }
        }
    }

    private static void Copy16(ref byte from, ref byte to) => Vector128.LoadUnsafe(ref from).StoreUnsafe(ref to);

    private static bool TryReadLiteralLength(ReadOnlySpan<byte> source, ref int from, ref int count)
    {
        int bytes = count - 60;
        if (bytes > source.Length - from)
        {
            return false;
        }
        uint length = 0;
        for (int i = 0; i < bytes; i++)
        {
            length |= (uint)source[from++] << (8 * i);
        }
        count = (int)(length + 1);
        return count > 0;
    }
}
