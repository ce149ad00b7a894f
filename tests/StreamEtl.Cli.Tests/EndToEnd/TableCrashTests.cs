using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>Killed at any named instant, looking after a table leaves it sound and as it was read before, and the next run does what is missing.</summary>
public sealed class TableCrashTests : IDisposable
{
    private const string Rows = "id,v\n1,a\n2,b2\n3,c\n";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("compact-rows-written", 2)]
    [InlineData("compact-ledger-written", 2)]
    [InlineData("compact-committed", 3)]
    [InlineData("compact-published", 3)]
    [InlineData("store-written", 2)]
    [InlineData("store-synced:2", 2)]
    [InlineData("store-moved:3", 3)]
    public void Compact_Killed_IsTheVersionBeforeOrAfter(string instant, int newest)
    {
        TwoVersions();
        Assert.NotEqual(0, Tool.Shell(_folder, $"STREAMETL_CRASH_AT={instant} $streametl table compact lake").Status);
        Tool.Result log = Tool.Run(_folder, "table", "log", "lake");
        Assert.Equal(newest + 2, log.Output.TrimEnd('\n').Split('\n').Length);
        AssertRows();
        Assert.Equal(0, Tool.Run(_folder, "table", "compact", "lake").Status);
        AssertRows();
        Tool.Result verify = Tool.Run(_folder, "table", "verify", "lake");
        Assert.True(verify.Status == 0, verify.Error);
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Root, "lake"), ".*.tmp", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("vacuum-removed")]
    [InlineData("vacuum-removed:2")]
    [InlineData("store-deleted:3")]
    public void Vacuum_Killed_NewestStaysWhole(string instant)
    {
        TwoVersions();
        Assert.Equal(0, Tool.Run(_folder, "table", "compact", "lake").Status);
        Assert.NotEqual(0, Tool.Shell(_folder, $"STREAMETL_CRASH_AT={instant} $streametl table vacuum lake --keep 1").Status);
        AssertRows();
        Assert.Equal(0, Tool.Run(_folder, "table", "vacuum", "lake", "--keep", "1").Status);
        AssertRows();
        Assert.Equal(0, Tool.Run(_folder, "table", "verify", "lake").Status);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "_streametl", "orders", "full")));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "_streametl", "orders", "ledger")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "cdc")));
    }

    private void AssertRows()
    {
        Tool.Result read = Tool.Run(_folder, "convert", "lake/orders@latest", "-o", "-", "--to", "csv", "-q");
        Assert.Equal((0, Rows), (read.Status, read.Output));
    }

    private void TwoVersions()
    {
        _folder.Write("a.csv", "id,v\n1,a\n2,b\n");
        _folder.Write("b.csv", Rows);
        foreach (string input in new[] { "a.csv", "b.csv" })
        {
            Tool.Result run = Tool.Run(_folder, "ingest", input, "--table", "orders", "--into", "lake", "--key", "id", "-q");
            Assert.True(run.Status == 0, run.Error);
        }
    }
}
