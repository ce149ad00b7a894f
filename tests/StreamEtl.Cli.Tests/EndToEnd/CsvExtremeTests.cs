using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>Inputs made to exhaust a reader, through the executable with 256 MB: a table or an error that says where, within 10 seconds and the memory option.</summary>
public sealed class CsvExtremeTests : IDisposable
{
    private const int Mebi = 1 << 20;

    private readonly TempFolder _folder = new();

    [Fact]
    public void Field_OfOneMebibyte_IsRead()
    {
        Write("in.csv", "id,t\n1,", Mebi, "x", "\n");
        Assert.Equal(0, Run("in.csv").Status);
        Assert.Equal(7 + Mebi + 1, new FileInfo(_folder["out.csv"]).Length);
    }

    /// <summary>A record may take an eighth of the memory option, so that what is made of it fits as well.</summary>
    [Fact]
    public void Field_Of64Mebibytes_IsAnErrorWithItsPlace()
    {
        Write("in.csv", "id,t\n1,", 64 * Mebi, "x", "\n");
        AssertError("in.csv", "the record is longer than 32000000 bytes", "in.csv:2 (byte 5)");
    }

    [Fact]
    public void Line_WithoutEnd_IsAnErrorLongBeforeAGibibyteIsRead()
    {
        Tool.Result run = Tool.Shell(
            _folder,
            "head -c 1073741824 /dev/zero | tr '\\0' a | $streametl convert - -o out.csv --memory 256MB --report report.json; exit ${PIPESTATUS[2]}"
        );
        Assert.Equal(1, run.Status);
        Assert.Contains("the record is longer than 32000000 bytes", run.Error, StringComparison.Ordinal);
        AssertBounded();
    }

    [Fact]
    public void Quote_NeverClosed_IsNamedWhereItOpens()
    {
        Write("in.csv", "id,t\n1,\"abc\n", 2 * Mebi, "x,y\n", "");
        AssertError("in.csv", "the quote at byte 7 is never closed", "in.csv:2 (byte 5)");
    }

    [Fact]
    public void Columns_TenThousand_AreRead()
    {
        Write(
            "in.csv",
            string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"c{i}")) + "\n",
            1,
            string.Join(',', Enumerable.Range(0, 10_000)),
            "\n"
        );
        Assert.Equal(0, Run("in.csv").Status);
        Assert.Equal(File.ReadAllText(_folder["in.csv"]), File.ReadAllText(_folder["out.csv"]));
    }

    [Fact]
    public void Columns_AMillion_AreAnError()
    {
        Write("in.csv", "", 999_999, ",", "\n");
        AssertError("in.csv", "the first record has 1000000 fields; a table may have 65536 columns", "in.csv:1 (byte 0)");
    }

    /// <summary>Every row is malformed and far smaller than a message about it.</summary>
    [Fact]
    public void Rows_AllMalformed_AreSetAsideInBoundedMemory()
    {
        Write("in.csv", "a,b\n", 2_000_000, "1\n", "");
        Tool.Result run = Run("in.csv", "--on-error", "reject", "--rejects", "rejects.csv");
        Assert.Equal(4, run.Status);
        AssertBounded();
        Assert.Equal("in.csv,2000001,4000002,,\"the record has 1 field, the header has 2\"", File.ReadLines(_folder["rejects.csv"]).Last());
    }

    [Fact]
    public void Zip_IsReadWhole()
    {
        using (ZipArchive archive = ZipFile.Open(_folder["in.zip"], ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(archive.CreateEntry("t.csv").Open());
            writer.Write("a,b\n");
            for (int i = 0; i < Mebi; i++)
            {
                writer.Write("1,2\n");
            }
        }
        Assert.Equal(0, Run("in.zip").Status);
        Assert.Equal(4 + (4L * Mebi), new FileInfo(_folder["out.csv"]).Length);
    }

    /// <summary>What the reader learnt of the input on the way is told under the input's name.</summary>
    [Fact]
    public void Warnings_NameTheirInput()
    {
        _folder.Write("in.csv", "# by hand\n# twice\nid,id,name\n1,2,ann\n3,4,bob\n5,6,cid\n");
        Tool.Result run = Run("in.csv");
        Assert.Equal(0, run.Status);
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["report.json"]));
        Assert.Equal(
            [
                "in.csv: skipped 2 preamble lines before the table; --skip-lines 0 keeps them",
                "in.csv: the header names 'id' more than once: column 2 is called 'id_1'",
            ],
            report.RootElement.GetProperty("warnings").EnumerateArray().Select(w => w.GetString())
        );
    }

    public void Dispose() => _folder.Dispose();

    private void AssertError(string input, string message, string place)
    {
        var clock = Stopwatch.StartNew();
        Tool.Result run = Run(input);
        Assert.Equal(1, run.Status);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Contains(place, run.Error, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        AssertBounded();
        Assert.False(File.Exists(_folder["out.csv"]));
    }

    private void AssertBounded()
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(_folder["report.json"]));
        Assert.InRange(report.RootElement.GetProperty("peak_memory_bytes").GetInt64(), 1, 256_000_000);
    }

    private Tool.Result Run(string input, params string[] more) =>
        Tool.Run(_folder, ["convert", input, "-o", "out.csv", "--memory", "256MB", "--report", "report.json", .. more]);

    private void Write(string name, string head, int count, string repeated, string tail)
    {
        using StreamWriter writer = File.CreateText(_folder[name]);
        writer.Write(head);
        string many = string.Concat(Enumerable.Repeat(repeated, Math.Min(count, 1024)));
        for (int i = 0; i < count / 1024; i++)
        {
            writer.Write(many);
        }
        writer.Write(string.Concat(Enumerable.Repeat(repeated, count % 1024)));
        writer.Write(tail);
    }
}
