using System.Globalization;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

public sealed class TableChecksumTests
{
    [Fact]
    public void Sum_OfRowsInAnyOrderAndParts_IsThatOf128Bits()
    {
        var random = new Random(20261122);
        UInt128 expected = 0;
        TableChecksum sum = default;
        var parts = new TableChecksum[4];
        List<(Hash128 Key, ulong Row)> rows =
        [
            .. Enumerable.Range(0, 2000).Select(_ => (new Hash128(Bits(random), Bits(random)), Bits(random))),
        ];
        foreach ((Hash128 key, ulong row) in rows)
        {
            TableChecksum one = default;
            one.Add(key, row);
            expected += Number(one);
            sum.Add(key, row);
            parts[random.Next(parts.Length)].Add(key, row);
        }
        TableChecksum joined = default;
        foreach (TableChecksum part in parts)
        {
            joined.Add(part);
        }
        Assert.Equal(expected, Number(sum));
        Assert.Equal(expected, Number(joined));
        Assert.Equal(sum.ToString(), TableChecksum.Parse(sum.ToString()).ToString());
        foreach ((Hash128 key, ulong row) in rows.OrderBy(_ => random.Next()))
        {
            TableChecksum one = default;
            one.Add(key, row);
            expected -= Number(one);
            sum.Remove(key, row);
            Assert.Equal(expected, Number(sum));
        }
        Assert.Equal(new string('0', 32), sum.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000000000000000000000000000ff")]
    [InlineData("0000000000000000000000000000000g")]
    [InlineData("g0000000000000000000000000000000")]
    public void Parse_OfWhatIsNoChecksum_IsDamage(string text) =>
        Assert.Equal(ErrorKind.DamagedTable, Assert.Throws<StreamEtlException>(() => TableChecksum.Parse(text)).Kind);

    private static ulong Bits(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    private static UInt128 Number(TableChecksum sum) =>
        UInt128.Parse(sum.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
