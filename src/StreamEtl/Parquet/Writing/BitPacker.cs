using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StreamEtl.Parquet.Writing;

/// <summary>Packs numbers into as few bits as the largest needs, least significant bit first (parquet-format, Encodings.md).</summary>
internal static class BitPacker
{
    /// <summary>Bytes that <paramref name="count"/> values of <paramref name="width"/> bits take.</summary>
    public static int ByteCount(int count, int width) => (int)(((long)count * width + 7) >> 3);

    /// <summary>Packs values of <paramref name="width"/> bits (0 to 64); <paramref name="destination"/> has 8 bytes to spare behind them. Returns the bytes used.</summary>
    public static unsafe int Pack(ReadOnlySpan<ulong> values, int width, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, ByteCount(values.Length, width) + sizeof(ulong));
        fixed (ulong* from = values)
        fixed (byte* to = destination)
        {
            var packed = new PackedBits(to);
            int i = 0;
            // Whole bytes leave at once, so that up to 56 bits may be added to the seven that stay.
            if (width <= 28)
            {
                for (; i + 2 <= values.Length; i += 2)
                {
                    packed.Add(from[i] | (from[i + 1] << width), 2 * width);
                }
            }
            for (; i < values.Length; i++)
            {
                if (width <= 56)
                {
                    packed.Add(from[i], width);
                }
                else
                {
                    packed.Add(from[i] & uint.MaxValue, 32);
                    packed.Add(from[i] >> 32, width - 32);
                }
            }
            return (int)(packed.End - to);
        }
    }

    /// <summary>Packs indices of <paramref name="width"/> bits (0 to 31) in groups of eight, the last one filled up with zeros; <paramref name="destination"/> has 16 bytes to spare behind them.</summary>
    public static void Pack(ReadOnlySpan<int> values, int width, Span<byte> destination)
    {
        int at = 0;
        if (Bmi2.X64.IsSupported && width <= 16)
        {
            // Eight values in two words of four, of which one instruction each keeps the bits that count.
            ulong kept = ((1UL << width) - 1) * 0x0001_0001_0001_0001;
            int half = width << 2;
            for (; at + 8 <= values.Length; at += 8)
            {
                Vector128<ulong> fours = Vector128
                    .Narrow(Vector128.Create(values.Slice(at, 4)).AsUInt32(), Vector128.Create(values.Slice(at + 4, 4)).AsUInt32())
                    .AsUInt64();
                ulong low = Bmi2.X64.ParallelBitExtract(fours[0], kept);
                ulong high = Bmi2.X64.ParallelBitExtract(fours[1], kept);
                BinaryPrimitives.WriteUInt64LittleEndian(destination, half == 64 ? low : low | (high << half));
                BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], half == 0 ? 0 : high >> (64 - half));
                destination = destination[width..];
            }
        }
        Span<ulong> group = stackalloc ulong[8];
        for (; at < values.Length; at += 8)
        {
            group.Clear();
            for (int i = 0; i < Math.Min(8, values.Length - at); i++)
            {
                group[i] = (uint)values[at + i];
            }
            Pack(group, width, destination);
            destination = destination[width..];
        }
    }

    /// <summary>Bits under way to memory; eight bytes are written at a time, of which the last ones are written again.</summary>
    private unsafe struct PackedBits(byte* to)
    {
        private byte* _to = to;
        private ulong _pending;
        private int _bits;

        /// <summary>Behind the last byte that has a bit.</summary>
        public readonly byte* End => _to + (_bits == 0 ? 0 : 1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(ulong value, int bits)
        {
            _pending |= value << _bits;
            Unsafe.WriteUnaligned(_to, _pending);
            _bits += bits;
            _to += _bits >> 3;
            _pending >>= _bits & ~7;
            _bits &= 7;
        }
    }
}
