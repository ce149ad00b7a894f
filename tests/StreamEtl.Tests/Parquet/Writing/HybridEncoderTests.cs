using StreamEtl.Encoding;
using StreamEtl.Memory;
using StreamEtl.Parquet.Writing;

namespace StreamEtl.Tests.Parquet.Writing;

/// <summary>Dictionary indices in runs and packed, read back by a reader that follows the format's text one value at a time.</summary>
public sealed class HybridEncoderTests
{
    private const int Seed = 20261123;

    /// <summary>Of every width and length, without runs, with short ones, and with long ones that begin and end anywhere.</summary>
    [Fact]
    public void Indices_AnyRunsWidthAndLength_ReadBackAsTheyWere()
    {
        var random = new Random(Seed);
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        long runs = 0;
        for (int i = 0; i < 6_000; i++)
        {
            using BufferLease lease = pool.Lease();
            int width = random.Next(0, 32);
            int[] indices = new int[random.Next(0, 300)];
            int longest = ((int[])[1, 3, 12, 40, 200])[random.Next(5)];
            for (int at = 0; at < indices.Length; )
            {
                int length = Math.Min(random.Next(1, longest + 1), indices.Length - at);
                indices.AsSpan(at, length).Fill((int)random.NextInt64(1L << width));
                at += length;
            }
            var output = new ByteBuffer(lease, 16);

            HybridEncoder.Indices(indices, width, output);

            int[] read = Read(output.Written.Span, width, indices.Length, out int found);
            Assert.True(read.AsSpan().SequenceEqual(indices), $"seed {Seed}, case {i}, width {width}");
            runs += found;
            Assert.Equal(LongRuns(indices) > 0, found > 0);
        }
        Assert.True(runs > 1000, $"{runs} runs");
    }

    [Fact]
    public void Pack_IndicesOfAnyWidth_AreThoseOfNumbers()
    {
        var random = new Random(Seed);
        for (int width = 0; width < 32; width++)
        {
            for (int count = 0; count < 70; count++)
            {
                int[] values = [.. Enumerable.Range(0, count).Select(_ => (int)random.NextInt64(1L << width))];
                byte[] expected = new byte[(70 * 4) + 24];
                byte[] found = new byte[expected.Length];
                int groups = (count + 7) / 8;
                _ = BitPacker.Pack([.. values.Select(v => (ulong)v), .. new ulong[(groups * 8) - count]], width, expected);

                BitPacker.Pack(values.AsSpan(), width, found);

                int used = groups * width;
                Assert.True(found.AsSpan(0, used).SequenceEqual(expected.AsSpan(0, used)), $"{count} of {width} bits");
            }
        }
    }

    /// <summary>Runs that are long enough wherever groups of eight end.</summary>
    private static int LongRuns(int[] indices)
    {
        int found = 0;
        int packedFrom = 0;
        for (int at = 0, end; at < indices.Length; at = end)
        {
            end = at + 1;
            while (end < indices.Length && indices[end] == indices[at])
            {
                end++;
            }
            if (end - at - (-(at - packedFrom) & 7) >= 16)
            {
                found++;
                packedFrom = end;
            }
        }
        return found;
    }

    private static int[] Read(ReadOnlySpan<byte> bytes, int width, int count, out int runs)
    {
        var values = new List<int>();
        runs = 0;
        int at = 0;
        while (at < bytes.Length)
        {
            int header = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte b = bytes[at++];
                header |= (b & 0x7F) << shift;
                if (b < 0x80)
                {
                    break;
                }
            }
            if ((header & 1) == 0)
            {
                int value = 0;
                for (int b = 0; b < width; b += 8)
                {
                    value |= bytes[at++] << b;
                }
                values.AddRange(Enumerable.Repeat(value, header >> 1));
                runs++;
                continue;
            }
            for (int v = 0; v < (header >> 1) * 8; v++)
            {
                int value = 0;
                for (int bit = 0; bit < width; bit++)
                {
                    int place = (v * width) + bit;
                    value |= (bytes[at + (place >> 3)] >> (place & 7) & 1) << bit;
                }
                values.Add(value);
            }
            at += (header >> 1) * width;
        }
        Assert.True(values.Count >= count && values.Count < count + 8);
        return [.. values.Take(count)];
    }
}
