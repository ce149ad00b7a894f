using StreamEtl.Compression;
using StreamEtl.Parquet.Reading;

namespace StreamEtl.Tests.Parquet.Reading;

/// <summary>Kernels against the plainest way to say the same.</summary>
public sealed class EncodingTests
{
    private const int Seed = 20260601;

    [Fact]
    public void Unpack_EveryWidthAndStart_EqualsBitByBit()
    {
        var random = new Random(Seed);
        byte[] data = new byte[1024 + BitUnpacker.Slack];
        random.NextBytes(data);
        for (int width = 0; width <= 64; width++)
        {
            int count = width == 0 ? 100 : 1000 * 8 / width;
            int start = random.Next(16);
            long[] values = new long[count];
            BitUnpacker.Unpack(data, start, width, values);
            int[] narrow = new int[count];
            BitUnpacker.Unpack(data, start, Math.Min(width, 32), narrow);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Bits(data, start, (long)i * width, width), values[i]);
                Assert.Equal((int)Bits(data, start, (long)i * Math.Min(width, 32), Math.Min(width, 32)), narrow[i]);
            }
        }
    }

    [Fact]
    public void Hybrid_RandomRunsReadInRandomSteps_GivesTheValues()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 500; round++)
        {
            int width = random.Next(0, 21);
            (byte[] data, int end, List<int> expected) = Encode(random, width);
            int skip = random.Next(expected.Count + 1);
            var reader = new HybridReader(data, 0, end, width);
            reader.Skip(skip);
            var read = new List<int>();
            while (skip + read.Count < expected.Count)
            {
                int[] step = new int[random.Next(1, Math.Min(100, expected.Count - skip - read.Count) + 1)];
                reader.Read(step);
                read.AddRange(step);
            }
            Assert.Equal(expected[skip..], read);
        }
    }

    [Fact]
    public void ReadPresence_RandomRuns_SetsTheBitsOfWhatIsMissing()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 500; round++)
        {
            (byte[] data, int end, List<int> levels) = Encode(random, width: 1);
            int at = random.Next(200);
            ulong[] nulls = new ulong[(at + levels.Count + 127) >> 6];
            var reader = new HybridReader(data, 0, end, 1);
            Assert.Equal(levels.Sum(), reader.ReadPresence(nulls, at, levels.Count));
            for (int i = 0; i < nulls.Length * 64; i++)
            {
                bool isNull = i >= at && i < at + levels.Count && levels[i - at] == 0;
                Assert.Equal(isNull, (nulls[i >> 6] >> i & 1) != 0);
            }
        }
    }

    [Fact]
    public void Snappy_EveryPeriodAndLength_ComesBack()
    {
        var random = new Random(Seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] plain = new byte[random.Next(1, 4000)];
            int period = random.Next(1, 40);
            random.NextBytes(plain.AsSpan(0, Math.Min(period, plain.Length)));
            for (int i = period; i < plain.Length; i++)
            {
                plain[i] = random.Next(50) == 0 ? (byte)random.Next(256) : plain[i - period];
            }
            byte[] packed = new byte[Snappy.MaxCompressedLength(plain.Length)];
            int length = Snappy.Compress(plain, packed);
            byte[] back = new byte[plain.Length];
            Assert.True(Snappy.TryDecompress(packed.AsSpan(0, length), back, out int written));
            Assert.Equal(plain.Length, written);
            Assert.Equal(plain, back);
            packed[random.Next(length)] ^= (byte)(1 << random.Next(8));
            Snappy.TryDecompress(packed.AsSpan(0, random.Next(length + 1)), back, out _);
        }
    }

    private static long Bits(byte[] data, int start, long bit, int width)
    {
        ulong value = 0;
        for (int b = 0; b < width; b++)
        {
            long at = bit + b;
            value |= (ulong)(data[start + (int)(at >> 3)] >> (int)(at & 7) & 1) << b;
        }
        return (long)value;
    }

    private static (byte[] Data, int End, List<int> Values) Encode(Random random, int width)
    {
        var bytes = new List<byte>();
        var values = new List<int>();
        for (int run = random.Next(1, 8); run > 0; run--)
        {
            if (random.Next(2) == 0)
            {
                int count = random.Next(1, 300);
                int value = random.Next(1 << width);
                AddVarint(bytes, count << 1);
                for (int b = 0; b < (width + 7) / 8; b++)
                {
                    bytes.Add((byte)(value >> (8 * b)));
                }
                values.AddRange(Enumerable.Repeat(value, count));
            }
            else
            {
                int groups = random.Next(1, 40);
                AddVarint(bytes, (groups << 1) | 1);
                byte[] packed = new byte[groups * width];
                for (int i = 0; i < groups * 8; i++)
                {
                    int value = random.Next(1 << width);
                    values.Add(value);
                    for (int b = 0; b < width; b++)
                    {
                        packed[((i * width) + b) >> 3] |= (byte)((value >> b & 1) << ((i * width) + b & 7));
                    }
                }
                bytes.AddRange(packed);
            }
        }
        int end = bytes.Count;
        bytes.AddRange(new byte[BitUnpacker.Slack]);
        return ([.. bytes], end, values);
    }

    private static void AddVarint(List<byte> bytes, int value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }
        bytes.Add((byte)value);
    }
}
