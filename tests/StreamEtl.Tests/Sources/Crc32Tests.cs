using StreamEtl.Sources;

namespace StreamEtl.Tests.Sources;

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
