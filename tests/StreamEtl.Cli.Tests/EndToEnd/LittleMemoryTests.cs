using System.Text;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>Tables of 200 columns in as little memory as a run may be given: a row of a few bytes has 200 values once decoded.</summary>
public sealed class LittleMemoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Small objects and large arrays by turns fill the heap to its limit, which is where the collector of a small memory keeps what it could use.</summary>
    [Theory]
    [InlineData("64MB", 130)]
    [InlineData("150MB", 155)]
    [InlineData("200MB", 200)]
    public void Diff_OfWideTablesInLittleMemory_EndsAndKeepsToIt(string memory, int mostMegabytes)
    {
        WriteWide(60_000, 200);
        Tool.Result run = Tool.Run(
            _folder,
            "diff",
            "wide.csv",
            "wide.ndjson",
            "-o",
            "changes.parquet",
            "--key",
            "id",
            "--memory",
            memory,
            "--threads",
            "2",
            "--report",
            "r.json"
        );
        Assert.True(run.Status == 0, run.Error);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal(30_000, report.GetProperty("updates").GetInt64());
        Assert.Equal(30_000, report.GetProperty("unchanged").GetInt64());
        // With the least memory the runtime and one batch alone are more than that.
        Assert.InRange(report.GetProperty("peak_memory_bytes").GetInt64(), 1, mostMegabytes * 1_000_000L);
    }

    /// <summary>The arrays of two formats, one after the other, on more threads than the memory has room for.</summary>
    [Theory]
    [InlineData("64MB")]
    [InlineData("100MB")]
    public void Convert_WideTablesOfTwoFormatsOnManyThreads_Ends(string memory)
    {
        WriteWide(20_000, 200);
        Assert.Equal(0, Tool.Run(_folder, "convert", "wide.csv", "-o", "wide.parquet").Status);
        Tool.Result run = Tool.Run(
            _folder,
            "convert",
            "wide.parquet",
            "wide.ndjson",
            "wide.csv",
            "-o",
            "all.csv",
            "--memory",
            memory,
            "--threads",
            "8"
        );
        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(60_001, _folder.Read("all.csv").Count(c => c == '\n'));
    }

    /// <summary>A sample of each input is read before its rows: 300 times that is far more than the memory.</summary>
    [Fact]
    public void Convert_ManySmallInputs_Ends()
    {
        for (int f = 0; f < 300; f++)
        {
            _folder.Write($"part-{f}.csv", $"id,name\n{f},a\n");
        }
        Tool.Result run = Tool.Run(_folder, "convert", "part-*.csv", "-o", "all.csv", "--memory", "64MB", "--threads", "2");
        Assert.True(run.Status == 0, run.Error);
        Assert.Equal(301, _folder.Read("all.csv").Count(c => c == '\n'));
    }

    /// <summary>A pipe does not say how long it is, so a table of every row or key is tried; when it outgrows the memory, what was read is read again, and spilled.</summary>
    [Theory]
    [InlineData("--types text", "hashes")]
    [InlineData("--key id --keep v:desc", "keys")]
    public void Dedupe_OfAPipeWhoseTableOutgrowsTheMemory_StartsAgainAndSpills(string rule, string what)
    {
        const int Rows = 2_500_000;
        const int Different = 2_000_000;
        bool byKey = what == "keys";
        using (StreamWriter writer = File.CreateText(_folder["a.csv"]))
        {
            writer.Write("id,v\n");
            for (int i = 0; i < Rows; i++)
            {
                writer.Write(byKey ? $"{i % Different},{i}\n" : $"{i % Different},7\n");
            }
        }
        Tool.Result run = Tool.Shell(_folder, $"cat a.csv | $streametl dedupe - {rule} -o b.csv --memory 64MB --report r.json");
        Assert.True(run.Status == 0, run.Error);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Contains(
            $"start again with spilling: the table of {what} outgrew --memory",
            report.GetProperty("passes").EnumerateArray().Select(pass => pass.GetString())
        );
        Assert.Equal(Rows - Different, report.GetProperty("duplicates_removed").GetInt64());
        IEnumerable<string> kept = byKey
            ? Enumerable.Range(Rows - Different, Different).Select(i => $"{i % Different},{i}")
            : Enumerable.Range(0, Different).Select(i => $"{i},7");
        Assert.True(kept.Prepend("id,v").SequenceEqual(File.ReadLines(_folder["b.csv"])), "b.csv is not what the rule keeps, in order");
    }

    /// <summary>A table as CSV and as NDJSON, one value in ten there; every other row differs.</summary>
    private void WriteWide(int rows, int columns)
    {
        var csv = new StringBuilder("id").AppendJoin("", Enumerable.Range(1, columns).Select(c => $",c{c}")).Append('\n');
        var json = new StringBuilder();
        for (int r = 0; r < rows; r++)
        {
            csv.Append(r);
            json.Append("{\"id\":").Append(r);
            for (int c = 1; c <= columns; c++)
            {
                bool has = (r + c) % 10 == 0;
                string text = has ? $"A{r * c % 997}" : "";
                csv.Append(',').Append(text);
                json.Append(has ? $",\"c{c}\":\"{text}{(r % 2 == 1 ? "x" : "")}\"" : $",\"c{c}\":null");
            }
            csv.Append('\n');
            json.Append("}\n");
        }
        _folder.Write("wide.csv", csv.ToString());
        _folder.Write("wide.ndjson", json.ToString());
    }
}
