using System.Text.Json;
using StreamEtl.Connectors.Congregados;
using StreamEtl.Connectors.Dynamo;

namespace StreamEtl.Tests.Congregados;

public sealed class CongregadoTests
{
    private static readonly CongregadoFacts Facts = new()
    {
        Database = "d",
        Table = "t",
        Keys = ["id"],
        Decisions = ["at:desc"],
        Origins = ["sor", "sot"],
        RecordCount = 2,
        RowsDigest = "0123456789abcdef0123456789abcdef",
        FirstRows = ["""{"id":1,"v":"ção"}"""u8.ToArray(), """{"id":2,"v":null}"""u8.ToArray()],
    };

    /// <summary>Made with <c>printf 'streametl-congregado-1\n{"content":…}' | sha256sum</c>, as the README says: keys of released versions must not change.</summary>
    [Fact]
    public void Key_OfKnownBytes_IsTheirSha256() =>
        Assert.Equal("78cb88f47731e1846c6d5fc8f0e028fca06e7d2bfa5f9402b16c873564f6014c", Congregado.Of(Facts).Key);

    [Fact]
    public void Key_AnyOtherContent_IsAnother()
    {
        CongregadoFacts[] all =
        [
            Facts,
            Facts with
            {
                Database = "e",
            },
            Facts with
            {
                Table = "u",
            },
            Facts with
            {
                Keys = ["id", "v"],
            },
            Facts with
            {
                Decisions = ["at"],
            },
            Facts with
            {
                Origins = ["sot", "sor"],
            },
            Facts with
            {
                RecordCount = 3,
            },
            Facts with
            {
                RowsDigest = "1",
            },
            Facts with
            {
                FirstRows = [Facts.FirstRows[0]],
            },
        ];
        Assert.Equal(all.Length, all.Select(f => Congregado.Of(f).Key).Distinct().Count());
        Assert.Equal(Congregado.Of(Facts).Key, Congregado.Of(Facts with { FirstRows = [.. Facts.FirstRows] }).Key);
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(999, 10, 999)]
    [InlineData(5000, 10, 1000)]
    [InlineData(5000, 4000, 102)]
    [InlineData(3, 500_000, 0)]
    public void Sample_ManyOrLongRows_IsCutToWhatAnItemHolds(int rows, int length, int kept)
    {
        byte[] row = System.Text.Encoding.UTF8.GetBytes($$"""{"a":"{{new string('x', length)}}"}""");
        var congregado = Congregado.Of(Facts with { FirstRows = [.. Enumerable.Repeat(row, rows)] });
        Assert.Equal(kept, congregado.SampleCount);
        JsonElement item = congregado.ToItem(null, DateTimeOffset.UnixEpoch);
        Assert.Equal(kept, item.GetProperty("sample_data").GetArrayLength());
        Assert.True(DynamoSize.OfItem(item) <= 400 << 10);
    }

    [Fact]
    public void Sample_BytesThatAreNoText_AreReplaced()
    {
        byte[] row = [.. """{"a":"x"""u8, 0xFF, .. "\"}"u8];
        JsonElement item = Congregado.Of(Facts with { FirstRows = [row] }).ToItem(null, DateTimeOffset.UnixEpoch);
        Assert.Equal("x\uFFFD", item.GetProperty("sample_data")[0].GetProperty("a").GetString());
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("-0.00", true)]
    [InlineData("12345678901234567890123456789012345678", true)]
    [InlineData("123456789012345678901234567890123456789", false)]
    [InlineData("0.000000000000000000000000000000000000000000012", true)]
    [InlineData("9E+125", true)]
    [InlineData("9E+126", false)]
    [InlineData("0.9E+126", true)]
    [InlineData("1E-130", true)]
    [InlineData("1E-131", false)]
    [InlineData("-1.7976931348623157E+308", false)]
    [InlineData("10E-131", true)]
    [InlineData("1E999999999999", false)]
    public void Number_OfThatSize_FitsOrNot(string number, bool fits) => Assert.Equal(fits, DynamoNumber.Fits(number));
}
