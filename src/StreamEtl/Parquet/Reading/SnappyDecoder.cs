using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Parquet.Reading;

/// <summary>Decodes raw Snappy (format_description.txt of google/snappy).</summary>
internal static class SnappyDecoder
{
    /// <summary>Longest copy that is made without looking at its exact length, where there is room.</summary>
    private const int Stride = 16;

    /// <summary>Fills exactly <paramref name="target"/>; false when the data is damaged or has another length.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (!TryReadLength(source, out uint length, out int from) || length != (uint)target.Length)
        {
            return false;
        }
        int to = 0;
        ref byte input = ref MemoryMarshal.GetReference(source);
        ref byte output = ref MemoryMarshal.GetReference(target);
        while (from < source.Length)
        {
            int tag = Unsafe.Add(ref input, from++);
            if ((tag & 3) == 0)
            {
                int count = (tag >> 2) + 1;
                if (count <= Stride && source.Length - from >= Stride && target.Length - to >= Stride)
                {
                    Copy16(ref Unsafe.Add(ref input, from), ref Unsafe.Add(ref output, to));
                }
                else
                {
                    if (count > 60 && !TryReadLiteralLength(source, ref from, ref count))
                    {
                        return false;
                    }
                    if ((uint)count > (uint)(source.Length - from) || count > target.Length - to)
                    {
                        return false;
                    }
                    source.Slice(from, count).CopyTo(target[to..]);
                }
                from += count;
                to += count;
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
    internal static void CopyBack(Span<byte> target, int to, int offset, int count)
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

    private static void Copy16(ref byte from, ref byte to) => Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<Int128>(ref from));

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

    private static bool TryReadLength(ReadOnlySpan<byte> source, out uint length, out int read)
    {
        length = 0;
        for (read = 0; read < 5 && read < source.Length; )
        {
            byte b = source[read];
            length |= (uint)(b & 0x7F) << (7 * read++);
            if (b < 0x80)
            {
                return true;
            }
        }
        return false;
    }
}
