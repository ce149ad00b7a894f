using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Storage;

public sealed class LocalStoreTests : ObjectStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-store-").FullName;

    public LocalStoreTests() => Store = new LocalStore(Root);

    internal override IObjectStore Store { get; }

    private string Root => Path.Join(_folder, "deep", "root");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Object_OnDisk_IsAFileOfItsKey()
    {
        await PutAsync("t/a/x.parquet", [1, 2, 3], WriteCondition.IfAbsent);
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Path.Join(Root, "t", "a", "x.parquet")));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.Join(Root, "t", "a")));
    }

    [Fact]
    public async Task Clean_OfWhatTheDeadLeft_RemovesItUnderThePrefixOnly()
    {
        Directory.CreateDirectory(Path.Join(Root, "t"));
        string[] left = [".x.0123456789abcdef.tmp", ".y.0123456789abcdef.tmp"];
        string[] others = [".gitignore", ".x.tmp", "x.0123456789abcdef.tmp"];
        foreach (string name in left.Concat(others))
        {
            await File.WriteAllTextAsync(Path.Join(Root, "t", name), name);
        }
        Assert.Equal(["t/.gitignore", "t/x.0123456789abcdef.tmp"], (await ListAsync("")).Select(o => o.Key));
        Assert.Equal(0, await Store.CleanAsync("s/", default));
        Assert.Equal(1, await Store.CleanAsync("t/x", default));
        Assert.Equal(1, await Store.CleanAsync("", default));
        Assert.Equal(others.Order(), Directory.EnumerateFiles(Path.Join(Root, "t")).Select(f => Path.GetFileName(f)!).Order());
    }

    [Fact]
    public async Task Reader_OverAWriteInPlace_IsReplaced()
    {
        await PutAsync("x", Bytes(100), WriteCondition.IfAbsent);
        await using IRangeReader reader = await Store.OpenReadAsync("x", tag: null, default);
        await File.AppendAllTextAsync(Path.Join(Root, "x"), "more");
        await FailsAsync(ErrorKind.Replaced, async () => await reader.ReadAtAsync(0, new byte[10], default));
    }

    [Fact]
    public async Task Key_OfAFolder_IsAnErrorThatSaysSo()
    {
        await PutAsync("t/x", [1], WriteCondition.IfAbsent);
        await FailsAsync(ErrorKind.Io, async () => await Store.CreateAsync("t", default));
        await FailsAsync(ErrorKind.Io, async () => await Store.CreateAsync("t/x/y", default));
        Assert.Null(await Store.StatAsync("t", default));
        await Store.DeleteAsync("t", default);
        Assert.NotNull(await Store.StatAsync("t/x", default));
    }

    [Fact]
    public async Task Link_BelowTheRoot_IsFollowedByNothing()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string outside = Directory.CreateDirectory(Path.Join(_folder, "outside")).FullName;
        await File.WriteAllTextAsync(Path.Join(outside, "secret"), "secret");
        Directory.CreateDirectory(Root);
        Directory.CreateSymbolicLink(Path.Join(Root, "out"), outside);
        File.CreateSymbolicLink(Path.Join(Root, "file"), Path.Join(outside, "secret"));
        File.CreateSymbolicLink(Path.Join(Root, "dangling"), Path.Join(outside, "new"));
        foreach (string key in new[] { "out/secret", "out/new", "out/deep/new", "file", "dangling" })
        {
            await FailsAsync(ErrorKind.Io, async () => await Store.CreateAsync(key, default));
            await FailsAsync(ErrorKind.Io, async () => await Store.StatAsync(key, default));
            await FailsAsync(ErrorKind.Io, async () => await Store.OpenReadAsync(key, tag: null, default));
            await FailsAsync(ErrorKind.Io, async () => await Store.DeleteAsync(key, default));
        }
        Assert.Empty(await ListAsync(""));
        Assert.Equal(0, await Store.CleanAsync("", default));
        Assert.Equal("secret", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(outside))));
    }

    [Fact]
    public async Task Keys_10000OfMalice_PutNoFileOutsideTheRoot()
    {
        string[] parts =
        [
            "..",
            ".",
            "",
            "a",
            "b.parquet",
            "/",
            "\\",
            "..\\",
            "../",
            "\0",
            "\n",
            "%2e%2e",
            "%2f",
            "..%2f",
            "~",
            "C:",
            "//server",
            "\ud800",
            "…",
            "．．",
            "⁄",
            "∕",
            " ",
            ".tmp",
            ".a.0123456789abcdef.tmp",
            "etc",
            "null",
        ];
        var random = new Random(20_240_119);
        int taken = 0;
        for (int i = 0; i < 10_000; i++)
        {
            string key = string.Join(
                random.Next(3) == 0 ? "" : "/",
                Enumerable.Range(0, random.Next(1, 6)).Select(_ => parts[random.Next(parts.Length)])
            );
            try
            {
                await using IObjectWriter writer = await Store.CreateAsync(key, default);
                if (random.Next(20) == 0)
                {
                    taken += await writer.CommitAsync(WriteCondition.IfAbsent, default) ? 1 : 0;
                }
            }
            catch (StreamEtlException e)
            {
                Assert.True(e.Kind is ErrorKind.Usage or ErrorKind.Io, e.Message);
            }
        }
        Assert.Equal(Path.Join(_folder, "deep"), Assert.Single(Directory.EnumerateFileSystemEntries(_folder)));
        Assert.Equal(Root, Assert.Single(Directory.EnumerateFileSystemEntries(Path.Join(_folder, "deep"))));
        Assert.InRange(taken, 20, 1000);
        Assert.Equal(taken, (await ListAsync("")).Count);
        Assert.Equal(
            taken,
            Directory.EnumerateFiles(Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Count()
        );
    }

    [Fact]
    public void MoveByLink_TheWayOfOtherSystems_NeverReplaces()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string source = Path.Join(_folder, "source");
        string target = Path.Join(_folder, "target");
        File.WriteAllText(source, "one");
        Assert.True(NoReplaceMove.TryByLink(source, target));
        Assert.False(File.Exists(source));
        File.WriteAllText(source, "two");
        Assert.False(NoReplaceMove.TryByLink(source, target));
        Assert.False(NoReplaceMove.Try(source, target));
        Assert.Equal(("one", "two"), (File.ReadAllText(target), File.ReadAllText(source)));
        Assert.ThrowsAny<IOException>(() => NoReplaceMove.Try(source + "1", target + "1"));
        Assert.ThrowsAny<IOException>(() => NoReplaceMove.TryByLink(source + "1", target + "1"));
    }
}
