using StreamEtl.Compression;

namespace StreamEtl.Tests.Compression;

public sealed class CompressedNameTests
{
    [Theory]
    [InlineData("a.csv", "a.csv")]
    [InlineData("a.csv.gz", "a.csv")]
    [InlineData("dir.gz/a.ndjson.ZST", "dir.gz/a.ndjson")]
    [InlineData("a.tsv.zip", "a.tsv")]
    [InlineData("a.gz.gz", "a.gz")]
    [InlineData("gz", "gz")]
    [InlineData("-", "-")]
    public void Strip_Name_LosesItsCompression(string path, string expected) => Assert.Equal(expected, CompressedName.Strip(path));
}
