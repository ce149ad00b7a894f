using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class TableTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_OlderVersion_GivesTheTableAsItWas()
    {
        TwoVersions();
        Assert.Equal(0, Tool.Run(_folder, "convert", "lake/orders@1", "-o", "old.csv", "-q").Status);
        Assert.Equal("id,v\n1,a\n2,b\n", _folder.Read("old.csv"));
        Tool.Result latest = Tool.Run(_folder, "convert", "lake/Orders@latest", "-o", "-", "--to", "csv", "-q");
        Assert.Equal((0, "id,v\n1,a\n2,b2\n3,c\n"), (latest.Status, latest.Output));
    }

    [Fact]
    public void Ingest_Incremental_KeepsWhatIsOlderAndWhatTheInputLacks()
    {
        _folder.Write("a.csv", "id,v\n1,a\n2,b\n");
        _folder.Write("b.csv", "id,v\n2,b\n3,c\n1,z\n");
        string[] ingest = ["--table", "t", "--into", "lake", "--mode", "incremental", "--key", "id", "--partition-date"];
        Assert.Equal(0, Tool.Run(_folder, ["ingest", "a.csv", .. ingest, "20240105", "-q"]).Status);
        // Its rows are older: a new key comes, and the changed row does not count.
        Tool.Result older = Tool.Run(_folder, ["ingest", "b.csv", .. ingest, "20240104"]);
        Assert.Contains(
            "1 insert, 0 updates, 0 deletes, 1 unchanged, 1 changed without a newer date",
            older.Error,
            StringComparison.Ordinal
        );
        Assert.Contains("without a newer partitionDate", older.Error, StringComparison.Ordinal);
        Tool.Result newer = Tool.Run(_folder, ["ingest", "b.csv", .. ingest, "20240106"]);
        Assert.Contains("0 inserts, 1 update, 0 deletes, 2 unchanged", newer.Error, StringComparison.Ordinal);
        Assert.Contains(
            "nothing to do",
            Tool.Run(_folder, "ingest", "b.csv", "--table", "t", "--into", "lake").Error,
            StringComparison.Ordinal
        );
        string[] rows = Tool.Run(_folder, "convert", "lake/t@latest", "-o", "-", "--to", "csv", "-q").Output.TrimEnd('\n').Split('\n');
        string a = Tool.Shell(_folder, "md5sum a.csv").Output[..32];
        string b = Tool.Shell(_folder, "md5sum b.csv").Output[..32];
        Assert.Equal("id,v,ingestDate,partitionDate,version", rows[0]);
        Assert.Equal(
            [$"1,z,20240106,{b}", $"2,b,20240105,{a}", $"3,c,20240104,{b}"],
            rows[1..].Select(r => string.Join(',', r.Split(',').Where((_, i) => i != 2))).Order(StringComparer.Ordinal)
        );
        Assert.Equal(2, Tool.Run(_folder, ["ingest", "b.csv", .. ingest, "20240230"]).Status);
        Assert.Equal(2, Tool.Run(_folder, "ingest", "b.csv", "--table", "t", "--into", "lake", "--mode", "cdc").Status);
    }

    [Fact]
    public void Diff_TwoVersions_GivesTheirChanges()
    {
        TwoVersions();
        Tool.Result run = Tool.Run(_folder, "diff", "lake/orders@1", "lake/orders@2", "-o", "c.csv", "--key", "id", "--exit-code");
        Assert.Equal(5, run.Status);
        Assert.Contains("1 insert, 1 update, 0 deletes, 1 unchanged", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Dedupe_VersionAndFile_AreOneTable()
    {
        TwoVersions();
        _folder.Write("more.csv", "id,v\n1,a\n9,z\n");
        Assert.Equal(0, Tool.Run(_folder, "dedupe", "lake/orders@2", "more.csv", "-o", "d.csv", "-q").Status);
        Assert.Equal("id,v\n1,a\n2,b2\n3,c\n9,z\n", _folder.Read("d.csv"));
    }

    [Fact]
    public void Log_TwoVersions_AreListed()
    {
        TwoVersions();
        Tool.Result log = Tool.Run(_folder, "table", "log", "lake");
        Assert.Equal((0, ""), (log.Status, log.Error));
        string[] lines = log.Output.TrimEnd('\n').Split('\n');
        Assert.Equal("orders", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^ +1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  full +2 ", lines[2]);
        Assert.Matches(@"^ +2  .*  cdc +3 ", lines[3]);
        JsonElement json = JsonDocument.Parse(Tool.Run(_folder, "table", "log", "lake", "--table", "orders", "--json").Output).RootElement;
        Assert.Equal(2, json.GetArrayLength());
    }

    [Fact]
    public void Files_AtAVersion_NamesThem()
    {
        TwoVersions();
        JsonElement json = JsonDocument
            .Parse(Tool.Run(_folder, "table", "files", "lake", "--table", "orders", "--at", "1", "--json").Output)
            .RootElement[0];
        JsonElement file = Assert.Single(json.GetProperty("files").EnumerateArray());
        string path = Path.Combine(_folder.Root, "lake", file.GetProperty("path").GetString()!);
        Assert.Equal(new FileInfo(path).Length, file.GetProperty("bytes").GetInt64());
        Assert.Equal(2, file.GetProperty("live_rows").GetInt32());
    }

    [Fact]
    public void Verify_CompactVacuum_LeaveASoundTable()
    {
        TwoVersions();
        Tool.Result verify = Tool.Run(_folder, "table", "verify", "lake");
        Assert.Equal((0, ""), (verify.Status, verify.Error));
        Assert.Contains("2 - 0 deleted - 1 replaced + 1 new + 1 inserted = 3", verify.Output, StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run(_folder, "table", "compact", "lake").Status);
        Assert.Equal(0, Tool.Run(_folder, "table", "vacuum", "lake", "--keep", "1").Status);
        Assert.Equal(0, Tool.Run(_folder, "table", "verify", "lake").Status);
        Tool.Result gone = Tool.Run(_folder, "convert", "lake/orders@1", "-o", "x.csv");
        Assert.Equal(1, gone.Status);
        Assert.Contains("version 1 of table 'orders' was vacuumed", gone.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Root, "x.csv")));
        Assert.Equal(0, Tool.Run(_folder, "convert", "lake/orders@3", "-o", "x.csv", "-q").Status);
        Assert.Equal("id,v\n1,a\n2,b2\n3,c\n", _folder.Read("x.csv"));
    }

    [Fact]
    public void Verify_ChangedFile_FailsAndNamesIt()
    {
        TwoVersions();
        string file = Directory.GetFiles(Path.Combine(_folder.Root, "lake", "cdc"))[0];
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        Tool.Result verify = Tool.Run(_folder, "table", "verify", "lake");
        Assert.Equal(1, verify.Status);
        Assert.Contains("version 2 DAMAGED", verify.Output, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileName(file), verify.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no folder is given", "table", "log")]
    [InlineData("2 folders are given", "table", "log", "a", "b")]
    [InlineData("how many versions stay is not said", "table", "vacuum", "lake")]
    [InlineData("--keep", "table", "vacuum", "lake", "--keep", "0")]
    [InlineData("unknown command 'table lgo'", "table", "lgo")]
    public void Table_WrongCommandLine_IsAUsageError(string message, params string[] arguments)
    {
        Tool.Result run = Tool.Run(_folder, arguments);
        Assert.Equal(2, run.Status);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_FolderWithoutTables_SaysHowToMakeOne()
    {
        Tool.Result run = Tool.Run(_folder, "table", "log", "nowhere");
        Assert.Equal(1, run.Status);
        Assert.Contains("there is no table in 'nowhere'", run.Error, StringComparison.Ordinal);
        Assert.Contains("streametl ingest", run.Error, StringComparison.Ordinal);
    }

    private void TwoVersions()
    {
        _folder.Write("a.csv", "id,v\n1,a\n2,b\n");
        _folder.Write("b.csv", "id,v\n1,a\n2,b2\n3,c\n");
        foreach (string input in new[] { "a.csv", "b.csv" })
        {
            Tool.Result run = Tool.Run(_folder, "ingest", input, "--table", "Orders", "--into", "lake", "--key", "id", "-q");
            Assert.True(run.Status == 0, run.Error);
        }
    }
}
