using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using StreamEtl.Encoding;

namespace StreamEtl.Parquet.Writing;

/// <summary>The RLE / bit-packing hybrid of levels and dictionary indices (parquet-format, Encodings.md).</summary>
internal static class HybridEncoder
{
    /// <summary>A run shorter than this costs no less as a run than packed.</summary>
    private const int ShortestRun = 16;

    /// <summary>Bits that hold every value up to <paramref name="largest"/>.</summary>
    public static int Width(int largest) => 32 - BitOperations.LeadingZeroCount((uint)largest);

    /// <summary>Definition levels of a page: one run when every row has a value, else the validity bits themselves.</summary>
    public static void Levels(ColumnValues values, int firstRow, int rows, ByteBuffer output)
    {
        int lengthAt = output.Length;
        output.Add([0, 0, 0, 0]);
        if (values.Validity is null)
        {
            VarInt((uint)rows << 1, output);
            output.Add(1);
        }
        else
        {
            int groups = (rows + 7) >> 3;
            VarInt((uint)groups << 1 | 1, output);
            Span<byte> bytes = output.Free(groups);
            for (int g = 0; g < groups; g++)
            {
                bytes[g] = Eight(values.Validity, firstRow + (g << 3), Math.Min(8, rows - (g << 3)));
            }
            output.Advance(groups);
        }
        output.PatchInt(lengthAt, output.Length - lengthAt - 4);
    }

    /// <summary>Indices of <paramref name="width"/> bits.</summary>
    public static void Indices(ReadOnlySpan<int> indices, int width, ByteBuffer output)
    {
        int packedFrom = 0;
        for (int start = NextRun(indices, 0, out int end); start < indices.Length; start = NextRun(indices, end, out end))
        {
            // Packed values come in groups of eight, so a run may only start at a group's end, or at the end of all.
            int toGroup = -(start - packedFrom) & 7;
            if (end - start - toGroup >= ShortestRun)
            {
                Packed(indices[packedFrom..(start + toGroup)], width, output);
                int value = indices[start];
                VarInt((uint)(end - start - toGroup) << 1, output);
                for (int b = 0; b < width; b += 8)
                {
                    output.Add((byte)(value >> b));
                }
                packedFrom = end;
            }
        }
        Packed(indices[packedFrom..], width, output);
    }

    /// <summary>
    /// Where the next run of at least <see cref="ShortestRun"/> equal indices starts, from <paramref name="at"/> on, and where it ends; the number of indices when there is none. Such a run has
    /// eight in a row that equal their successors wherever one begins to count, so whole blocks are asked, which nearly always say no.
    /// </summary>
    private static int NextRun(ReadOnlySpan<int> indices, int at, out int end)
    {
        int begin = at;
        for (; at < indices.Length; at += Vector256<int>.Count)
        {
            if (at + Vector256<int>.Count < indices.Length)
            {
                ref int block = ref Unsafe.Add(ref MemoryMarshal.GetReference(indices), at);
                if (Vector256.LoadUnsafe(ref block) != Vector256.LoadUnsafe(ref block, 1))
                {
                    continue;
                }
            }
            int start = at;
            while (start > begin && indices[start - 1] == indices[at])
            {
                start--;
            }
            end = at + 1;
            while (end < indices.Length && indices[end] == indices[at])
            {
                end++;
            }
            if (end - start >= ShortestRun)
            {
                return start;
            }
        }
        end = at;
        return indices.Length;
    }

    private static void Packed(ReadOnlySpan<int> indices, int width, ByteBuffer output)
    {
        if (indices.IsEmpty)
        {
            return;
        }
        int groups = (indices.Length + 7) >> 3;
        VarInt((uint)groups << 1 | 1, output);
        BitPacker.Pack(indices, width, output.Free((groups * width) + 16));
        output.Advance(groups * width);
    }

    private static byte Eight(ulong[] bits, int first, int count)
    {
        int word = first >> 6;
        int shift = first & 63;
        ulong value = bits[word] >> shift;
        if (shift > 56 && word + 1 < bits.Length)
        {
            value |= bits[word + 1] << (64 - shift);
        }
        return (byte)(value & ((1UL << count) - 1));
    }

    private static void VarInt(uint value, ByteBuffer output)
    {
        while (value >= 0x80)
        {
            output.Add((byte)(value | 0x80));
            value >>= 7;
        }
        output.Add((byte)value);
    }
}
