using System.Numerics;
using StreamEtl.Encoding;

namespace StreamEtl.Parquet.Writing;

/// <summary>DELTA_BINARY_PACKED (parquet-format, Encodings.md): blocks of 128 differences, packed in fours of 32 above the block's smallest.</summary>
internal static class DeltaEncoder
{
    private const int BlockValues = 128;
    private const int MiniValues = 32;
    private const int Minis = BlockValues / MiniValues;

    /// <summary>Bits a value takes, by a sample of the first block or so: what decides between this and plain.</summary>
    public static double EstimateBits(ReadOnlySpan<long> values)
    {
        ReadOnlySpan<long> sample = values[..Math.Min(values.Length, 1025)];
        if (sample.Length < 2)
        {
            return 64;
        }
        long smallest = long.MaxValue;
        for (int i = 1; i < sample.Length; i++)
        {
            smallest = Math.Min(smallest, unchecked(sample[i] - sample[i - 1]));
        }
        long bits = 0;
        for (int i = 1; i < sample.Length; i++)
        {
            bits += 64 - BitOperations.LeadingZeroCount(unchecked((ulong)(sample[i] - sample[i - 1] - smallest)));
        }
        return (double)bits / (sample.Length - 1) + 1;
    }

    /// <summary>Encodes numbers of 4 or 8 bytes; differences wrap around at that width, which decoding undoes.</summary>
    public static void Encode(ReadOnlySpan<long> values, int width, ByteBuffer output)
    {
        int wrap = 64 - (8 * width);
        VarInt(BlockValues, output);
        VarInt(Minis, output);
        VarInt((ulong)values.Length, output);
        ZigZag(values.IsEmpty ? 0 : values[0], output);
        Span<ulong> deltas = stackalloc ulong[BlockValues];
        for (int at = 1; at < values.Length; at += BlockValues)
        {
            int count = Math.Min(BlockValues, values.Length - at);
            long smallest = long.MaxValue;
            for (int i = 0; i < count; i++)
            {
                long delta = unchecked(values[at + i] - values[at + i - 1]) << wrap >> wrap;
                deltas[i] = (ulong)delta;
                smallest = Math.Min(smallest, delta);
            }
            for (int i = 0; i < count; i++)
            {
                deltas[i] = unchecked(deltas[i] - (ulong)smallest);
            }
            deltas[count..].Clear();
            Block(deltas, count, smallest, output);
        }
    }

    private static void Block(ReadOnlySpan<ulong> deltas, int count, long smallest, ByteBuffer output)
    {
        ZigZag(smallest, output);
        Span<byte> widths = stackalloc byte[Minis];
        for (int m = 0; m < Minis; m++)
        {
            ulong all = 0;
            foreach (ulong delta in deltas.Slice(m * MiniValues, MiniValues))
            {
                all |= delta;
            }
            widths[m] = (byte)(64 - BitOperations.LeadingZeroCount(all));
        }
        output.Add(widths);
        for (int m = 0; m * MiniValues < count; m++)
        {
            Span<byte> bytes = output.Free((widths[m] * MiniValues / 8) + 16);
            BitPacker.Pack(deltas.Slice(m * MiniValues, MiniValues), widths[m], bytes);
            output.Advance(widths[m] * MiniValues / 8);
        }
    }

    private static void ZigZag(long value, ByteBuffer output) => VarInt((ulong)(value << 1 ^ value >> 63), output);

    private static void VarInt(ulong value, ByteBuffer output)
    {
        while (value >= 0x80)
        {
            output.Add((byte)(value | 0x80));
            value >>= 7;
        }
        output.Add((byte)value);
    }
}
