using StreamEtl.Cli.Arguments;

namespace StreamEtl.Cli.Tests.Arguments;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("512MB", 512_000_000)]
    [InlineData("512mb", 512_000_000)]
    [InlineData("512M", 512_000_000)]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("1.5GB", 1_500_000_000)]
    [InlineData("2 GB", 2_000_000_000)]
    [InlineData("64KiB", 65536)]
    [InlineData("8k", 8000)]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("4096", 4096)]
    [InlineData("4096B", 4096)]
    [InlineData("0.5KiB", 512)]
    public void TryParse_Size_IsBytes(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out long bytes));
        Assert.Equal(expected, bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1MB")]
    [InlineData("1,5GB")]
    [InlineData("12XB")]
    [InlineData("1e9")]
    [InlineData("99999999999GB")]
    [InlineData("99999999999999999999999999999999999999999")]
    public void TryParse_NoSize_Refuses(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(9_949, "9.9 kB")]
    [InlineData(9_950, "10 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(1_100_000_000, "1.1 GB")]
    [InlineData(320_000_000, "320 MB")]
    [InlineData(long.MaxValue, "9.2 EB")]
    public void Format_Bytes_HasTwoOrThreeDigits(long bytes, string expected) => Assert.Equal(expected, ByteSize.Format(bytes));
}
