using StreamEtl.Parquet.Writing;

namespace StreamEtl.Tests.Parquet.Writing;

/// <summary>Packed values against the plainest way to say the same: bit k of value v is bit v·width + k of the bytes.</summary>
public sealed class BitPackerTests
{
    private const int Seed = 20261123;

    [Fact]
    public void Pack_EveryWidthAndCount_HasEachBitAtItsPlace()
    {
        var random = new Random(Seed);
        for (int width = 0; width <= 64; width++)
        {
            for (int count = 0; count < 70; count++)
            {
                ulong[] values = new ulong[count];
                for (int i = 0; i < count; i++)
                {
                    values[i] = width == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width);
                }
                byte[] packed = new byte[BitPacker.ByteCount(count, width) + 8];

                int bytes = BitPacker.Pack(values, width, packed);

                Assert.Equal(((count * width) + 7) / 8, bytes);
                for (int bit = 0; bit < bytes * 8; bit++)
                {
                    ulong expected = bit < count * width ? values[bit / width] >> (bit % width) & 1 : 0;
                    Assert.Equal(expected, (ulong)(packed[bit >> 3] >> (bit & 7) & 1));
                }
            }
        }
    }
}
