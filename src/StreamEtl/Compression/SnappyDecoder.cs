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

    /// <summary>Literals above have their length behind the tag.</summary>
    private const int LongestLiteral = 60;

    /// <summary>Which of the two bytes behind a tag belong to its offset: none, one, both; 16 bits for each kind of element.</summary>
    private const ulong OffsetMasks = 0xFFFF_00FF_0000;

    private const int LengthMask = 0xFF;

    private static readonly ushort[] Elements = DescribeElements();

    /// <summary>Decodes what follows the stated length, from <paramref name="from"/> on, into exactly <paramref name="target"/>; false when the data is damaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, int from, Span<byte> target)
    {
        int to = 0;
        return TryDecodeFast(source, target, ref from, ref to) && TryDecodeRest(source, target, from, to);
    }

    /// <summary>
    /// Decodes as long as neither end is near. An element has six bytes on average and its kind cannot be foretold, so usual literals and copies go the same way, without a branch between
    /// them: a literal is a copy from the input. What is rare is left to <see cref="TryDecodeRare"/>, the ends to the careful loop.
    /// </summary>
    private static unsafe bool TryDecodeFast(ReadOnlySpan<byte> source, Span<byte> target, ref int fromHere, ref int toHere)
    {
        fixed (byte* input = source)
        fixed (byte* output = target)
        fixed (ushort* elements = Elements)
        {
            byte* from = input + fromHere;
            byte* to = output + toHere;
            byte* lastFrom = input + source.Length - Margin;
            byte* lastTo = output + target.Length - Margin;
            while (from < lastFrom && to < lastTo)
            {
                int tag = *from;
                int element = elements[tag];
                nint length = element & LengthMask;
                int kind = tag & 3;
                // All ones for a literal, whose kind is 0; a copy has as many bytes of offset as its kind says.
                nint literal = (nint)(kind - 1) >> 63;
                byte* content = from + 1;
                nint offset = (element & ~LengthMask) | (Unsafe.ReadUnaligned<ushort>(content) & (ushort)(OffsetMasks >> (kind << 4)));
                byte* next = content + kind + (((tag >> 2) + 1) & literal);
                // One comparison for what overlaps itself, for offsets of 0, and for what has no length in the table.
                if ((nuint)(length - 1) >= (nuint)(offset | literal) || offset > to - output)
                {
                    fromHere = (int)(from - input);
                    toHere = (int)(to - output);
                    if (!TryDecodeRare(source, target, ref fromHere, ref toHere))
                    {
                        return false;
                    }
                    from = input + fromHere;
                    to = output + toHere;
                    continue;
                }
                byte* back = to - offset;
                byte* start = back + ((content - back) & literal);
                Vector256.Load(start).Store(to);
                if (length > Vector256<byte>.Count)
                {
                    Vector256.Load(start + Vector256<byte>.Count).Store(to + Vector256<byte>.Count);
                }
                from = next;
                to += length;
            }
            fromHere = (int)(from - input);
            toHere = (int)(to - output);
            return true;
        }
    }

    /// <summary>One element of any kind, far from both ends.</summary>
    private static bool TryDecodeRare(ReadOnlySpan<byte> source, Span<byte> target, ref int from, ref int to)
    {
        int tag = source[from++];
        int count = (tag >> 2) + 1;
        if ((tag & 3) == 0)
        {
            return TryCopyLongLiteral(source, target, ref from, ref to, count);
        }
        uint word = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref MemoryMarshal.GetReference(source), from));
        uint offset;
        switch (tag & 3)
        {
            case 1:
                offset = (uint)((tag & 0xE0) << 3) | (byte)word;
                count = ((tag >> 2) & 7) + 4;
                from++;
                break;
            case 2:
                offset = (ushort)word;
                from += sizeof(ushort);
                break;
            default:
                offset = word;
                from += sizeof(uint);
                break;
        }
        if (offset - 1 >= (uint)to)
        {
            return false;
        }
        CopyBackFast(ref Unsafe.Add(ref MemoryMarshal.GetReference(target), to), (int)offset, count);
        to += count;
        return true;
    }

    /// <summary>For each tag the length of its element, and the bits of its offset that are in the tag; 0 for what is rare.</summary>
    private static ushort[] DescribeElements()
    {
        var elements = new ushort[256];
        for (int tag = 0; tag < elements.Length; tag++)
        {
            int length = (tag >> 2) + 1;
            elements[tag] = (ushort)(
                (tag & 3) switch
                {
                    0 when length > LongestLiteral => 0,
                    0 or 2 => length,
                    1 => (((tag >> 2) & 7) + 4) | ((tag & 0xE0) << 3),
                    _ => 0,
                }
            );
        }
        return elements;
    }

    /// <summary>A literal of any length, from behind its tag on; above <see cref="LongestLiteral"/>, <paramref name="count"/> says how many bytes its length takes.</summary>
    private static bool TryCopyLongLiteral(ReadOnlySpan<byte> source, Span<byte> target, ref int from, ref int to, int count)
    {
        if (count > LongestLiteral && !TryReadLiteralLength(source, ref from, ref count))
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
        int bytes = count - LongestLiteral;
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
