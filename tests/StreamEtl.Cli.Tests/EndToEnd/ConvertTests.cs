using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class ConvertTests : IDisposable
{
    private const string Orders = "id,name,total\n1,Ana,1.50\n2,\"Silva, João\",20.25\n3,,0.05\n";
    private readonly TempFolder _folder = new();

    [Fact]
    public void Convert_CsvToCsv_KeepsValues()
    {
        _folder.Write("a.csv", Orders);
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv");
        Assert.Equal((0, ""), (run.Status, run.Output));
        Assert.Equal(Orders, _folder.Read("b.csv"));
        Assert.StartsWith("a.csv → b.csv  3 rows  ", run.Error, StringComparison.Ordinal);
        Assert.Equal(["a.csv", "b.csv"], _folder.Files());
    }

    [Fact]
    public void Convert_ThroughParquet_KeepsValues()
    {
        _folder.Write("a.csv", Orders);
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "b.parquet").Status);
        Assert.Equal("PAR1"u8.ToArray(), File.ReadAllBytes(_folder["b.parquet"])[..4]);
        Assert.Equal(0, Tool.Run(_folder, "convert", "b.parquet", "-o", "c.csv").Status);
        Assert.Equal(Orders, _folder.Read("c.csv"));
    }

    [Fact]
    public void Convert_Pipes_CarryDataAlone()
    {
        Tool.Result run = Tool.RunWithInput(_folder, Orders, "convert", "-", "-o", "-", "--to", "ndjson", "--types", "text");
        Assert.Equal(0, run.Status);
        Assert.Equal(
            """
            {"id":"1","name":"Ana","total":"1.50"}
            {"id":"2","name":"Silva, João","total":"20.25"}
            {"id":"3","name":null,"total":"0.05"}

            """,
            run.Output
        );
        Assert.Empty(_folder.Files());
    }

    [Fact]
    public void Convert_SeveralInputs_AreMatchedByName()
    {
        _folder.Write("a.csv", "id,x\n1,a\n");
        _folder.Write("b.csv", "x,id\nb,2\n");
        Assert.Equal(0, Tool.Run(_folder, "convert", "?.csv", "-o", "out.csv", "-q").Status);
        Assert.Equal("id,x\n1,a\n2,b\n", _folder.Read("out.csv"));
    }

    [Fact]
    public void Convert_Delimiters_InAndOut()
    {
        _folder.Write("a.csv", "id;v\n1;1,5\n");
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--delimiter", ";", "--out-delimiter", "|", "-q").Status);
        Assert.Equal("id|v\n1|1,5\n", _folder.Read("b.csv"));
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "b.tsv", "-q").Status);
        Assert.Equal("id\tv\n1\t1,5\n", _folder.Read("b.tsv"));
    }

    [Fact]
    public void Convert_WrongDelimiter_IsWarnedOf()
    {
        _folder.Write("a.csv", "id,name\n1,Ana\n2,Rui\n");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--delimiter", ";", "--memory", "64MB");
        Assert.Equal(0, run.Status);
        Assert.Contains("warning: a.csv: with --delimiter ';' there is one column", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_DialectOfParquet_IsAUsageErrorWithAHint()
    {
        _folder.Write("a.csv", Orders);
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "a.parquet", "-q").Status);
        Tool.Result run = Tool.Run(_folder, "convert", "a.parquet", "-o", "b.csv", "--delimiter", ";");
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains("error: --delimiter says how text is read", run.Error, StringComparison.Ordinal);
        Assert.Contains("  hint: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run(_folder, "diff", "a.parquet", "a.csv", "-o", "b.csv", "--key", "id", "--delimiter", ",", "-q").Status);
    }

    [Fact]
    public void Convert_NullTexts_AreNull()
    {
        _folder.Write("a.csv", "a,b\nNA,x\n\"NA\",NULL\n");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "--null", "NA", "NULL", "-o", "-", "--to", "ndjson", "-q");
        Assert.Equal("{\"a\":null,\"b\":\"x\"}\n{\"a\":\"NA\",\"b\":null}\n", run.Output);
    }

    [Fact]
    public void Convert_MalformedRow_StopsWithItsPlace()
    {
        _folder.Write("a.csv", "id,name\n1,a\n2,b,c\n3,d\n");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--report", "r.json");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("  at: a.csv:3 (byte 12", run.Error, StringComparison.Ordinal);
        Assert.Contains("  hint: use --on-error reject", run.Error, StringComparison.Ordinal);
        Assert.Equal(["a.csv", "r.json"], _folder.Files());
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal("failed", report.GetProperty("status").GetString());
        Assert.StartsWith("a.csv:3 (byte 12", report.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_Rejects_AreListedAndTheRestIsThere()
    {
        _folder.Write("a.csv", "id,name\n1,a\n2,b,c\n3,d\n4\n");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "b.csv", "--rejects", "bad.csv", "--report", "r.json");
        Assert.Equal((4, ""), (run.Status, run.Output));
        Assert.Equal("id,name\n1,a\n3,d\n", _folder.Read("b.csv"));
        string[] bad = _folder.Read("bad.csv").TrimEnd('\n').Split('\n');
        Assert.Equal(3, bad.Length);
        Assert.Equal("file,line,byte_offset,column,reason", string.Join(',', bad[0].Split(',').Take(5)));
        Assert.StartsWith("a.csv,3,12,", bad[1], StringComparison.Ordinal);
        Assert.StartsWith("a.csv,5,22,", bad[2], StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal(
            ("completed", 4, 2, 2),
            (
                report.GetProperty("status").GetString(),
                report.GetProperty("rows_read").GetInt32(),
                report.GetProperty("rows_written").GetInt32(),
                report.GetProperty("rows_rejected").GetInt32()
            )
        );
    }

    [Fact]
    public void Convert_MissingInput_IsStatusOneWithAReport()
    {
        Tool.Result run = Tool.Run(_folder, "convert", "none.csv", "-o", "b.csv", "--report", "r.json");
        Assert.Equal(1, run.Status);
        Assert.Contains("  at: none.csv\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(["r.json"], _folder.Files());
        Assert.Equal("failed", JsonDocument.Parse(_folder.Read("r.json")).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public void Convert_Report_CountsExactly()
    {
        _folder.Write("a.csv", Orders);
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "b.parquet", "--report", "r.json", "-q").Status);
        JsonElement report = JsonDocument.Parse(_folder.Read("r.json")).RootElement;
        Assert.Equal(
            $$"""[{"path":"a.csv","rows":3,"bytes":{{new FileInfo(_folder["a.csv"]).Length}}}]""",
            JsonSerializer.Serialize(report.GetProperty("inputs"))
        );
        Assert.Equal(
            $$"""[{"path":"b.parquet","rows":3,"bytes":{{new FileInfo(_folder["b.parquet"]).Length}}}]""",
            JsonSerializer.Serialize(report.GetProperty("outputs"))
        );
        Assert.Equal(
            ["id integer", "name text", "total decimal(18,2)"],
            report.GetProperty("schema").EnumerateArray().Select(f => $"{f.GetProperty("name")} {f.GetProperty("type")}")
        );
        Assert.Equal(
            ["id 0 0", "name 1 33.33", "total 0 0"],
            report
                .GetProperty("columns")
                .EnumerateArray()
                .Select(c =>
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"{c.GetProperty("name")} {c.GetProperty("nulls")} {Math.Round(c.GetProperty("null_percent").GetDouble(), 2)}"
                    )
                )
        );
    }

    [Fact]
    public void Convert_EarlierOutput_IsReplacedOrKeptWhole()
    {
        _folder.Write("a.csv", "id\n1\n");
        _folder.Write("bad.csv", "id,b\n1\n");
        _folder.Write("out.csv", "old\n");
        Assert.Equal(1, Tool.Run(_folder, "convert", "bad.csv", "-o", "out.csv").Status);
        Assert.Equal("old\n", _folder.Read("out.csv"));
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", "out.csv").Status);
        Assert.Equal("id\n1\n", _folder.Read("out.csv"));
    }

    public void Dispose() => _folder.Dispose();
}
