using StreamEtl.Compression;

namespace StreamEtl.Tests.Compression;

public sealed class Crc32Tests
{
    [Fact]
    public void Append_CheckValue_IsThatOfTheCatalogue() => Assert.Equal(0xCBF43926u, Crc32.Append(0, "123456789"u8));

    [Fact]
    public void Append_EveryLengthAndSplit_EqualsTheBitwiseDefinition()
    {
        var random = new Random(3);
        var data = new byte[700];
        random.NextBytes(data);
        for (int length = 0; length <= data.Length; length++)
        {
            uint expected = Bitwise(data.AsSpan(0, length));
            Assert.Equal(expected, Crc32.Append(0, data.AsSpan(0, length)));
            Assert.Equal(expected, Crc32.AppendScalar(0, data.AsSpan(0, length)));
            int split = random.Next(length + 1);
            Assert.Equal(expected, Crc32.Append(Crc32.Append(0, data.AsSpan(0, split)), data.AsSpan(split, length - split)));
        }
    }

    [Fact]
    public void Combine_TwoRuns_IsTheChecksumOfBoth()
    {
        var random = new Random(5);
        var data = new byte[70_000];
        random.NextBytes(data);
        for (int run = 0; run < 300; run++)
        {
            int length = random.Next(run < 100 ? 20 : data.Length);
            int split = random.Next(length + 1);
            uint first = Crc32.Append(0, data.AsSpan(0, split));
            uint second = Crc32.Append(0, data.AsSpan(split, length - split));
            Assert.Equal(Crc32.Append(0, data.AsSpan(0, length)), Crc32.Combine(first, second, length - split));
        }
    }

    private static uint Bitwise(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }
        }
        return ~crc;
    }
}
