using System.Buffers.Binary;
using StreamEtl.Compression;

namespace StreamEtl.Tests.Compression;

/// <summary>Blocks of all elements that the format has, also of those that no compressor writes, against a decoder that goes byte by byte.</summary>
public sealed class SnappyDecoderTests
{
    [Fact]
    public void TryDecompress_AnyElements_GivesWhatTheFormatSays()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            List<byte> block = Block(random, elements: random.Next(1, 400), out byte[] expected);
            byte[] page = new byte[expected.Length];
            Assert.True(Snappy.TryDecompress(block.ToArray(), page, out int written), $"seed {seed}");
            Assert.Equal(expected.Length, written);
            Assert.True(expected.AsSpan().SequenceEqual(page), $"seed {seed}");
        }
    }

    [Fact]
    public void TryDecompress_DamagedElements_AgreesWithThePlainDecoder()
    {
        int damaged = 0;
        for (int seed = 0; seed < 4000; seed++)
        {
            var random = new Random(seed);
            List<byte> whole = Block(random, elements: random.Next(20, 60), out byte[] page);
            byte[] block = [.. whole];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                // Behind the length: that decides how much room there is.
                block[random.Next(LengthBytes, block.Length)] = (byte)random.Next(256);
            }
            byte[]? expected = Plain(block, page.Length);
            byte[] guarded = new byte[page.Length + 128];
            guarded.AsSpan().Fill(0xA5);
            bool done = Snappy.TryDecompress(block, guarded.AsSpan(64, page.Length), out _);
            Assert.True(done == (expected is not null), $"seed {seed}");
            Assert.True(expected is null || expected.AsSpan().SequenceEqual(guarded.AsSpan(64, page.Length)), $"seed {seed}");
            Assert.True(
                guarded.AsSpan(0, 64).IndexOfAnyExcept((byte)0xA5) < 0 && guarded.AsSpan(^64).IndexOfAnyExcept((byte)0xA5) < 0,
                $"seed {seed}"
            );
            damaged += done ? 0 : 1;
        }
        Assert.InRange(damaged, 400, 3600);
    }

    /// <summary>The stated length is written in five bytes, the longest spelling.</summary>
    private const int LengthBytes = 5;

    private static List<byte> Block(Random random, int elements, out byte[] page)
    {
        var block = new List<byte>(new byte[LengthBytes]);
        var output = new List<byte>();
        for (int i = 0; i < elements; i++)
        {
            int kind = output.Count == 0 ? 0 : random.Next(4);
            if (kind == 0)
            {
                AddLiteral(random, block, output);
                continue;
            }
            int length = kind == 1 ? random.Next(4, 12) : random.Next(1, 65);
            int furthest = Math.Min(output.Count, kind == 1 ? 2047 : 65_535);
            int offset = random.Next(3) == 0 ? random.Next(1, Math.Min(furthest, 40) + 1) : random.Next(1, furthest + 1);
            byte[] bytes = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, offset);
            block.Add((byte)(kind == 1 ? 1 | (length - 4) << 2 | (offset >> 8) << 5 : kind | (length - 1) << 2));
            block.AddRange(bytes[..(kind == 3 ? sizeof(int) : kind)]);
            for (int b = 0; b < length; b++)
            {
                output.Add(output[^offset]);
            }
        }
        for (int b = 0; b < LengthBytes; b++)
        {
            block[b] = (byte)((uint)output.Count >> (7 * b) & 0x7F | (b + 1 < LengthBytes ? 0x80u : 0));
        }
        page = [.. output];
        return block;
    }

    private static void AddLiteral(Random random, List<byte> block, List<byte> output)
    {
        int length = random.Next(4) == 0 ? random.Next(1, 700) : random.Next(1, 62);
        // A length may take more bytes than it needs.
        int extra = length <= 60 && random.Next(5) > 0 ? 0 : random.Next(length <= 256 ? 1 : 2, 5);
        block.Add((byte)((extra == 0 ? length - 1 : 59 + extra) << 2));
        for (int b = 0; b < extra; b++)
        {
            block.Add((byte)((length - 1) >> (8 * b)));
        }
        byte[] content = new byte[length];
        random.NextBytes(content);
        block.AddRange(content);
        output.AddRange(content);
    }

    /// <summary>format_description.txt of google/snappy, a byte at a time; null where the block is damaged.</summary>
    private static byte[]? Plain(byte[] block, int length)
    {
        var output = new List<byte>();
        for (int at = LengthBytes; at < block.Length; )
        {
            int tag = block[at++];
            int kind = tag & 3;
            long count = (tag >> 2) + 1;
            int extra = kind switch
            {
                0 => (int)Math.Max(count - 60, 0),
                3 => 4,
                _ => kind,
            };
            if (extra > block.Length - at)
            {
                return null;
            }
            long word = 0;
            for (int b = 0; b < extra; b++)
            {
                word |= (long)block[at++] << (8 * b);
            }
            if (kind == 0)
            {
                count = extra == 0 ? count : word + 1;
                if (count > block.Length - at)
                {
                    return null;
                }
                output.AddRange(block.AsSpan(at, (int)count));
                at += (int)count;
            }
            else
            {
                count = kind == 1 ? ((tag >> 2) & 7) + 4 : count;
                long offset = kind == 1 ? word | (long)(tag >> 5) << 8 : word;
                if (offset == 0 || offset > output.Count)
                {
                    return null;
                }
                for (int b = 0; b < count; b++)
                {
                    output.Add(output[^(int)offset]);
                }
            }
            if (output.Count > length)
            {
                return null;
            }
        }
        return output.Count == length ? [.. output] : null;
    }
}
