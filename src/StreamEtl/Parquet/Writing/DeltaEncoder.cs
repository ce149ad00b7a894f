using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
        VarInt(BlockValues, output);
        VarInt(Minis, output);
        VarInt((ulong)values.Length, output);
        ZigZag(values.IsEmpty ? 0 : values[0], output);
        Span<ulong> deltas = stackalloc ulong[BlockValues];
        for (int at = 1; at < values.Length; at += BlockValues)
        {
            int count = Math.Min(BlockValues, values.Length - at);
            long smallest = Subtract(values.Slice(at - 1, count + 1), width, deltas);
            Block(deltas, count, smallest, output);
        }
    }

    /// <summary>What each value but the first is more than the one before it; returns the smallest difference.</summary>
    private static long Subtract(ReadOnlySpan<long> values, int width, Span<ulong> deltas)
    {
        // Wraps around: the lowest bytes, the highest bit of which is the sign.
        ulong kept = ulong.MaxValue >> (64 - (8 * width));
        ulong sign = 1UL << ((8 * width) - 1);
        ref ulong from = ref Unsafe.As<long, ulong>(ref MemoryMarshal.GetReference(values));
        ref ulong to = ref MemoryMarshal.GetReference(deltas);
        int count = values.Length - 1;
        int i = 0;
        Vector256<long> least = Vector256.Create(long.MaxValue);
        for (; i <= count - Vector256<ulong>.Count; i += Vector256<ulong>.Count)
        {
            Vector256<ulong> delta = Vector256.LoadUnsafe(ref from, (nuint)i + 1) - Vector256.LoadUnsafe(ref from, (nuint)i);
            delta = ((delta & Vector256.Create(kept)) ^ Vector256.Create(sign)) - Vector256.Create(sign);
            least = Vector256.Min(least, delta.AsInt64());
            delta.StoreUnsafe(ref to, (nuint)i);
        }
        long smallest = Math.Min(Math.Min(least[0], least[1]), Math.Min(least[2], least[3]));
        for (; i < count; i++)
        {
            ulong delta = unchecked((((ulong)(values[i + 1] - values[i]) & kept) ^ sign) - sign);
            smallest = Math.Min(smallest, (long)delta);
            deltas[i] = delta;
        }
        return smallest;
    }

    private static void Block(Span<ulong> deltas, int count, long smallest, ByteBuffer output)
    {
        ZigZag(smallest, output);
        // Of a block that is not full the rest counts as no difference above the smallest.
        deltas[count..].Fill((ulong)smallest);
        Span<byte> widths = stackalloc byte[Minis];
        for (int m = 0; m < Minis; m++)
        {
            widths[m] = LowerBy((ulong)smallest, deltas.Slice(m * MiniValues, MiniValues));
        }
        output.Add(widths);
        for (int m = 0; m * MiniValues < count; m++)
        {
            Span<byte> bytes = output.Free((widths[m] * MiniValues / 8) + 16);
            BitPacker.Pack(deltas.Slice(m * MiniValues, MiniValues), widths[m], bytes);
            output.Advance(widths[m] * MiniValues / 8);
        }
    }

    /// <summary>Takes the smallest from each of 32; returns the bits of the largest that is left.</summary>
    private static byte LowerBy(ulong smallest, Span<ulong> deltas)
    {
        Vector256<ulong> all = Vector256<ulong>.Zero;
        ref ulong first = ref MemoryMarshal.GetReference(deltas);
        for (int i = 0; i < MiniValues; i += Vector256<ulong>.Count)
        {
            Vector256<ulong> lowered = Vector256.LoadUnsafe(ref first, (nuint)i) - Vector256.Create(smallest);
            lowered.StoreUnsafe(ref first, (nuint)i);
            all |= lowered;
        }
        return (byte)(64 - BitOperations.LeadingZeroCount(all[0] | all[1] | all[2] | all[3]));
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
