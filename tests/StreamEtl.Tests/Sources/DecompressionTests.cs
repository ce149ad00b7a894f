using StreamEtl.Sources;

namespace StreamEtl.Tests.Sources;

public sealed class DecompressionTests
{
    [Theory]
    [InlineData("a.csv", "a.csv")]
    [InlineData("a.csv.gz", "a.csv")]
    [InlineData("dir.gz/a.ndjson.ZST", "dir.gz/a.ndjson")]
    [InlineData("a.tsv.zip", "a.tsv")]
    [InlineData("a.gz.gz", "a.gz")]
    [InlineData("gz", "gz")]
    [InlineData("-", "-")]
    public void StripSuffix_Name_LosesItsCompression(string path, string expected) =>
        Assert.Equal(expected, Decompression.StripSuffix(path));
}
