using System.Text.Json;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Tests.Tables;

/// <summary>What the verbs that look after tables do and refuse.</summary>
public sealed class UpkeepTests : IDisposable
{
    private readonly TableFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Log_Versions_AreListedWithTheirCounts()
    {
        await ThreeVersionsAsync();
        JsonElement[] log = [.. JsonDocument.Parse(await _folder.LogAsync()).RootElement.EnumerateArray()];
        Assert.Equal(["full", "cdc", "cdc"], log.Select(v => v.GetProperty("mode").GetString()));
        Assert.Equal([3L, 4L, 3L], log.Select(v => v.GetProperty("rows").GetInt64()));
        Assert.Equal([0L, 1L, 0L], log.Select(v => v.GetProperty("updates").GetInt64()));
        Assert.All(log, v => Assert.True(v.GetProperty("readable").GetBoolean()));
    }

    [Fact]
    public async Task Files_OlderVersion_SaysHowManyRowsLive()
    {
        await ThreeVersionsAsync();
        JsonElement files = JsonDocument.Parse(await _folder.FilesAsync(at: 2)).RootElement[0].GetProperty("files");
        Assert.Equal(["full", "changes"], files.EnumerateArray().Select(f => f.GetProperty("role").GetString()));
        Assert.Equal([2L, 2L], files.EnumerateArray().Select(f => f.GetProperty("live_rows").GetInt64()));
    }

    [Fact]
    public async Task Read_UnknownTable_NamesTheNearest()
    {
        await ThreeVersionsAsync();
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => _folder.ReadAsync("latest", "ordres"));
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("no table 'ordres'", error.Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'orders'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_UnknownVersion_NamesThoseThereAre()
    {
        await ThreeVersionsAsync();
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => _folder.ReadAsync("7"));
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("no version 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("versions 1 to 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_VacuumedVersion_SaysSoAndWhatCanBeRead()
    {
        await ThreeVersionsAsync();
        await _folder.CompactAsync();
        await _folder.VacuumAsync(keep: 1);
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => _folder.ReadAsync("2"));
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("version 2 of table 'orders' was vacuumed", error.Message, StringComparison.Ordinal);
        Assert.Contains("version 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(["2,b2", "3,c", "4,d"], (await _folder.ReadAsync("4")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Read_FileOfTheNewestVersionGone_IsDamageThatNamesIt()
    {
        await ThreeVersionsAsync();
        string gone = _folder.TableFiles().First(f => f.Contains("cdc", StringComparison.Ordinal));
        File.Delete(gone);
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => _folder.ReadAsync("latest"));
        Assert.Equal(ErrorKind.DamagedTable, error.Kind);
        Assert.Contains(Path.GetFileName(gone), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileOfThatName_Wins()
    {
        await _folder.IngestAsync("id,v\n1,a\n");
        string path = Path.Combine(_folder.Lake, "orders@1");
        Assert.NotNull(TableReference.Find(path));
        await File.WriteAllTextAsync(path, "id,v\n9,file\n");
        Assert.Null(TableReference.Find(path));
        Assert.Equal(["9,file"], await _folder.ReadAsync("1"));
    }

    [Theory]
    [InlineData("lake/orders@3", "lake", "orders", 3L)]
    [InlineData("orders@latest", ".", "orders", null)]
    [InlineData("/a/b/My Table@LATEST", "/a/b", "My Table", null)]
    public void Find_References_AreTakenApart(string path, string directory, string name, long? version) =>
        Assert.Equal(new TableReference(path, directory, name, version), TableReference.Find(path));

    [Theory]
    [InlineData("a.csv")]
    [InlineData("user@example.csv")]
    [InlineData("@3")]
    [InlineData("orders@")]
    [InlineData("orders@-1")]
    [InlineData("x@3/orders.csv")]
    public void Find_OtherPaths_AreNone(string path) => Assert.Null(TableReference.Find(path));

    [Fact]
    public async Task Compact_OneFullLoad_MakesNoVersion()
    {
        await _folder.IngestAsync("id,v\n1,a\n");
        Assert.Contains("\"compacted\": false", await _folder.CompactAsync(), StringComparison.Ordinal);
        Assert.Equal(1, JsonDocument.Parse(await _folder.LogAsync()).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Compact_Changes_FoldsAndPublishes()
    {
        await ThreeVersionsAsync();
        string[] before = await _folder.ReadAsync("latest");
        await _folder.CompactAsync();
        Assert.Equal(before, await _folder.ReadAsync("4"));
        string full = Assert.Single(
            Directory.GetFiles(Path.Combine(_folder.Lake, "_streametl", "orders", "full")),
            f => f.Contains("0000000004", StringComparison.Ordinal)
        );
        Assert.Equal(
            await File.ReadAllBytesAsync(full),
            await File.ReadAllBytesAsync(Path.Combine(_folder.Lake, "full-load", "orders.parquet"))
        );
        // What comes after stands on the compacted version.
        await _folder.IngestAsync("id,v\n2,b2\n3,c3\n4,d\n");
        Assert.Equal(["2,b2", "3,c3", "4,d"], (await _folder.ReadAsync("latest")).Order(StringComparer.Ordinal));
        await _folder.VerifyAsync();
    }

    [Fact]
    public async Task Compact_DamagedRows_CommitsNothing()
    {
        await ThreeVersionsAsync();
        // As many bytes and rows as before: only the values tell.
        string[] changes = [.. Directory.GetFiles(Path.Combine(_folder.Lake, "cdc")).Order(StringComparer.Ordinal)];
        byte[] file = await File.ReadAllBytesAsync(changes[0]);
        int at = file.AsSpan().IndexOf("b2"u8);
        Assert.True(at > 0);
        file[at + 1] = (byte)'7';
        await File.WriteAllBytesAsync(changes[0], file);
        StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(_folder.CompactAsync);
        Assert.Equal(ErrorKind.DamagedTable, error.Kind);
        Assert.Equal(3, JsonDocument.Parse(await _folder.LogAsync()).RootElement.GetArrayLength());
        Assert.DoesNotContain(_folder.TableFiles(), f => f.Contains("0000000004", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Vacuum_DryRun_RemovesNothing()
    {
        await ThreeVersionsAsync();
        await _folder.CompactAsync();
        string[] before = _folder.TableFiles();
        string said = await _folder.VacuumAsync(keep: 1, dryRun: true);
        Assert.Equal(before, _folder.TableFiles());
        string[] removed = [.. JsonDocument.Parse(said).RootElement[0].GetProperty("removed").EnumerateArray().Select(r => r.GetString()!)];
        Assert.NotEmpty(removed);
        await _folder.VacuumAsync(keep: 1);
        Assert.Equal(
            removed.Select(r => Path.Combine(_folder.Lake, r)).Order(StringComparer.Ordinal),
            before.Except(_folder.TableFiles()).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Vacuum_WhatDeadRunsLeft_GoesUnlessItsVersionIsToCome()
    {
        await ThreeVersionsAsync();
        string full = Path.Combine(_folder.Lake, "_streametl", "orders", "full");
        string dead = Path.Combine(full, "0000000002-dead0000.parquet");
        string living = Path.Combine(full, "0000000004-11fe0000.parquet");
        await File.WriteAllTextAsync(dead, "x");
        await File.WriteAllTextAsync(living, "x");
        await _folder.VacuumAsync(keep: 9);
        Assert.False(File.Exists(dead));
        Assert.True(File.Exists(living));
        await _folder.VerifyAsync();
    }

    [Fact]
    public async Task Vacuum_WhileAVersionIsOpen_LeavesItReadable()
    {
        await ThreeVersionsAsync();
        var budget = new MemoryBudget(1 << 28);
        var log = new TableLog(new LocalStore(_folder.Lake), new TableLayout("orders"));
        OpenVersion open = await OpenVersion.OpenAsync(log, 2, budget, CancellationToken.None);
        await using (open)
        {
            await _folder.CompactAsync();
            await _folder.VacuumAsync(keep: 1);
            foreach (StreamEtl.Sources.IRandomBytes file in open.Files)
            {
                byte[] tail = new byte[4];
                await file.ReadAsync(file.Info.Length!.Value - 4, tail, CancellationToken.None);
                Assert.Equal("PAR1"u8.ToArray(), tail);
            }
        }
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Verify_EveryFile_AFlippedByteIsFoundAndNamed()
    {
        await ThreeVersionsAsync();
        await _folder.VerifyAsync();
        var random = new Random(11);
        foreach (string path in _folder.TableFiles())
        {
            byte[] good = await File.ReadAllBytesAsync(path);
            for (int i = 0; i < 6; i++)
            {
                byte[] bad = [.. good];
                int at = random.Next(bad.Length);
                bad[at] ^= (byte)(1 << random.Next(8));
                await File.WriteAllBytesAsync(path, bad);
                StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(_folder.VerifyAsync);
                Assert.True(
                    error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal),
                    $"{Path.GetFileName(path)}, byte {at}: {error.Message}"
                );
            }
            await File.WriteAllBytesAsync(path, good);
        }
        await _folder.VerifyAsync();
    }

    [Fact]
    public async Task Compact_BesideIngests_LosesNothing()
    {
        await ThreeVersionsAsync();
        await Task.WhenAll(_folder.CompactAsync(), _folder.IngestAsync("id,v\n2,b9\n3,c\n4,d\n5,e\n"), _folder.CompactAsync());
        Assert.Equal(["2,b9", "3,c", "4,d", "5,e"], (await _folder.ReadAsync("latest")).Order(StringComparer.Ordinal));
        await _folder.VerifyAsync();
    }

    /// <summary>1 a, 2 b, 3 c; then 2 changes, 4 comes; then 1 goes.</summary>
    private async Task ThreeVersionsAsync()
    {
        await _folder.IngestAsync("id,v\n1,a\n2,b\n3,c\n");
        await _folder.IngestAsync("id,v\n1,a\n2,b2\n3,c\n4,d\n");
        await _folder.IngestAsync("id,v\n2,b2\n3,c\n4,d\n");
    }
}
