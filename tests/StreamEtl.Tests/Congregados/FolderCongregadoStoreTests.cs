using StreamEtl.Connectors.Congregados;
using StreamEtl.Errors;

namespace StreamEtl.Tests.Congregados;

public sealed class FolderCongregadoStoreTests : CongregadoStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-congregados-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override ICongregadoStore Open() => CongregadoStores.Open(_folder, _ => null);

    [Theory]
    [InlineData("")]
    [InlineData("s3://bucket")]
    [InlineData("dynamodb://a?x=1")]
    public void Open_WrongName_IsAUsageError(string name) =>
        Assert.Equal(ErrorKind.Usage, Assert.Throws<StreamEtlException>(() => CongregadoStores.Open(name, _ => null)).Kind);

    [Fact]
    public async Task Find_DamagedFile_SaysWhich()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "d_t-0000000001.json"), "{\"id\":");
        await using ICongregadoStore store = Open();
        var error = await Assert.ThrowsAsync<StreamEtlException>(async () => await store.FindAsync("d_t", CancellationToken.None));
        Assert.Equal(ErrorKind.DamagedTable, error.Kind);
        Assert.EndsWith("/d_t", error.Position!.Value.Source, StringComparison.Ordinal);
    }
}
