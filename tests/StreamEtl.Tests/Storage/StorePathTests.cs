using StreamEtl.Errors;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Storage;

public sealed class StorePathTests
{
    [Theory]
    [InlineData("s3://b/k", true)]
    [InlineData("s3://b", true)]
    [InlineData("gs://b/k", true)]
    [InlineData("a/b.csv", false)]
    [InlineData("C:\\a.csv", false)]
    [InlineData("://x", false)]
    [InlineData("folder/s3://b", false)]
    [InlineData("-", false)]
    public void IsOne_OfAPath_GoesByItsScheme(string path, bool expected) => Assert.Equal(expected, StorePath.IsOne(path));

    [Theory]
    [InlineData("s3://b/k", "s3://b", "k")]
    [InlineData("s3://b/a/b c.csv", "s3://b", "a/b c.csv")]
    [InlineData("s3://b/", "s3://b", "")]
    [InlineData("s3://b", "s3://b", "")]
    public void Parse_OfAPath_GivesRootAndKey(string path, string root, string key) =>
        Assert.Equal(new StorePath(root, key), StorePath.Parse(path));

    [Theory]
    [InlineData("s3:///k")]
    [InlineData("s3://")]
    public void Parse_WithoutABucket_IsRefused(string path) =>
        Assert.Equal(ErrorKind.Usage, Assert.Throws<StreamEtlException>(() => StorePath.Parse(path)).Kind);

    [Theory]
    [InlineData("s3://b/lake/t@3", "s3://b/lake", "t", 3L)]
    [InlineData("s3://b/t@latest", "s3://b", "t", null)]
    public void TableReference_InAStore_KeepsItsSlashes(string path, string folder, string name, long? version)
    {
        TableReference reference = Assert.IsType<TableReference>(TableReference.Find(path));
        Assert.Equal((folder, name, version), (reference.Folder, reference.Name, reference.Version));
    }
}
