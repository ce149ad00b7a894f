using System.Numerics;
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
        int at = 0;
        while (at < indices.Length)
        {
            int run = 1;
            while (at + run < indices.Length && indices[at + run] == indices[at])
            {
                run++;
            }
            // Packed values come in groups of eight, so a run may only start at a group's end, or at the end of all.
            int toGroup = -(at - packedFrom) & 7;
            if (run - toGroup >= ShortestRun)
            {
                Packed(indices[packedFrom..(at + toGroup)], width, output);
                int value = indices[at];
                VarInt((uint)(run - toGroup) << 1, output);
                for (int b = 0; b < width; b += 8)
                {
                    output.Add((byte)(value >> b));
                }
                packedFrom = at + run;
            }
            at += run;
        }
        Packed(indices[packedFrom..], width, output);
    }

    private static void Packed(ReadOnlySpan<int> indices, int width, ByteBuffer output)
    {
        if (indices.IsEmpty)
        {
            return;
        }
        int groups = (indices.Length + 7) >> 3;
        VarInt((uint)groups << 1 | 1, output);
        Span<byte> bytes = output.Free((groups * width) + 16);
        bytes[..(groups * width)].Clear();
        Span<ulong> block = stackalloc ulong[64];
        int written = 0;
        for (int at = 0; at < indices.Length; at += 64)
        {
            int count = Math.Min(64, indices.Length - at);
            for (int i = 0; i < count; i++)
            {
                block[i] = (uint)indices[at + i];
            }
            written += BitPacker.Pack(block[..count], width, bytes[written..]);
        }
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
