using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Tests.Runtime;

public sealed class JobRunnerTests
{
    [Theory]
    [InlineData(ErrorKind.Usage, 2)]
    [InlineData(ErrorKind.ColumnNotFound, 2)]
    [InlineData(ErrorKind.MemoryTooSmall, 2)]
    [InlineData(ErrorKind.InputNotFound, 1)]
    [InlineData(ErrorKind.FieldCount, 1)]
    [InlineData(ErrorKind.DamagedParquet, 1)]
    [InlineData(ErrorKind.Io, 1)]
    [InlineData(ErrorKind.Internal, 1)]
    public void Engine_Error_HasItsExitStatus(ErrorKind kind, int expected) =>
        Assert.Equal(expected, Convert(_ => throw new StreamEtlException(kind, "no")).Status);

    [Fact]
    public void Engine_Error_SaysWhatWhereAndHow()
    {
        CommandRun run = Convert(_ =>
            throw new StreamEtlException(
                ErrorKind.FieldCount,
                "4 fields where the header has 3",
                new RecordPosition("a.csv", 12, 334, "total"),
                "use --on-error reject"
            )
        );
        Assert.Equal(
            """
            streametl: error: 4 fields where the header has 3
              at: a.csv:12 (byte 334, column 'total')
              hint: use --on-error reject

            """,
            run.Error
        );
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void Engine_ErrorWithControlBytes_ShowsThemEscaped()
    {
        CommandRun run = Convert(_ =>
            throw new StreamEtlException(
                ErrorKind.InvalidValue,
                "'\e]0;x\a' is\nno number",
                new RecordPosition("a\rb.csv", 1, 0, "\u009b2J"),
                "\e[2J"
            )
        );
        Assert.DoesNotContain(run.Error.Replace("\n", "", StringComparison.Ordinal), char.IsControl);
        Assert.Equal(3, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public void Engine_ErrorInsideAnAggregate_IsFound()
    {
        CommandRun run = Convert(_ =>
            throw new AggregateException(new AggregateException(new StreamEtlException(ErrorKind.ColumnNotFound, "no column 'x'")))
        );
        Assert.Equal((2, "streametl: error: no column 'x'\n"), (run.Status, run.Error));
    }

    [Fact]
    public void Engine_Bug_IsShortUnlessDebug()
    {
        CommandRun run = Convert(_ => throw new InvalidOperationException("oops"));
        Assert.Equal(1, run.Status);
        Assert.StartsWith("streametl: error: internal error: oops (InvalidOperationException)\n", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", Convert(_ => throw new InvalidOperationException("oops"), "--debug").Error, StringComparison.Ordinal);
        CommandRun variable = CommandRun.With(
            new Surroundings { Variables = { ["STREAMETL_DEBUG"] = "1" } },
            _ => throw new InvalidOperationException("oops"),
            "convert",
            "a.csv",
            "-o",
            "b.csv"
        );
        Assert.Contains("   at ", variable.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_BrokenPipeOfStandardOutput_EndsQuietly()
    {
        CommandRun run = CommandRun.With(
            _ => throw new StreamEtlException(ErrorKind.BrokenPipe, "whoever reads the output has stopped reading"),
            "convert",
            "a.csv",
            "-o",
            "-",
            "--to",
            "csv"
        );
        Assert.Equal((0, "", ""), (run.Status, run.Output, run.Error));
    }

    [Fact]
    public void Engine_BrokenPipeElsewhere_IsAnError() =>
        Assert.Equal(1, Convert(_ => throw new StreamEtlException(ErrorKind.BrokenPipe, "gone")).Status);

    [Fact]
    public void Engine_CancellationThatNobodyAskedFor_IsABug()
    {
        CommandRun run = Convert(_ => throw new OperationCanceledException("timeout inside"));
        Assert.Equal(1, run.Status);
        Assert.Contains("internal error: timeout inside", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_AreStatusFourAndSaidWhere()
    {
        CommandRun run = Convert(r => r.RowsRejected = 3, "--rejects", "bad.csv");
        Assert.Equal(4, run.Status);
        Assert.Contains("  3 rows rejected: listed in bad.csv\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("add --rejects FILE", Convert(r => r.RowsRejected = 1, "--on-error", "reject").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rejects_OutrankChanges()
    {
        CommandRun run = CommandRun.With(
            r => (r.RowsRejected, r.Inserts) = (1, 1),
            "diff",
            "a.csv",
            "b.csv",
            "-o",
            "c.csv",
            "--key",
            "id",
            "--exit-code",
            "--on-error",
            "reject"
        );
        Assert.Equal(4, run.Status);
    }

    [Fact]
    public void Summary_Convert_IsOneLine()
    {
        CommandRun run = Convert(Finish);
        Assert.Matches(@"^a\.csv → b\.parquet  8,000,000 rows  1\.1 GB → 320 MB  2\.10 s  \(524 MB/s, peak [0-9.]+ [MG]B\)\n$", run.Error);
        Assert.Equal("", Convert(Finish, "-q").Error);
    }

    [Fact]
    public void Summary_Diff_Counts()
    {
        CommandRun run = CommandRun.With(
            r =>
            {
                (r.Inserts, r.Updates, r.Deletes, r.Unchanged, r.ChangedWithoutDate, r.DuplicatesRemoved) = (1, 2000, 3, 4, 5, 6);
                r.SchemaChanges.Add(new SchemaChange("note\e", "added"));
                r.Warnings.Add("5 rows differ without a newer date");
            },
            "diff",
            "a.csv",
            "b.csv",
            "-o",
            "c.csv",
            "--key",
            "id"
        );
        string[] lines = run.Error.Split('\n');
        Assert.Equal("warning: 5 rows differ without a newer date", lines[0]);
        Assert.Equal("  1 insert, 2,000 updates, 3 deletes, 4 unchanged, 5 changed without a newer date, 6 duplicates removed", lines[2]);
        Assert.Equal("  column 'note\\x1b': added", lines[3]);
    }

    [Fact]
    public void Verbose_Text_IsTimeComponentLevelMessage()
    {
        CommandRun run = Convert(Finish, "-v", "--memory", "512MB");
        Assert.Matches(
            @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z - streametl\.cli - INFO - convert: memory 512 MB, threads \d+, .*\n",
            run.Error
        );
        Assert.Contains(
            " - streametl.cli - DEBUG - stage parse: 10 batches, 8,000,000 rows, busy 1.500 s, waiting 0.250 s\n",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void LogFormatJson_EveryLineIsAnOpenTelemetryRecord()
    {
        CommandRun run = Convert(
            r =>
            {
                Finish(r);
                r.Warnings.Add("strange \e");
                throw new StreamEtlException(ErrorKind.FieldCount, "bad", new RecordPosition("a.csv", 2, 9), "mend it");
            },
            "-v",
            "--log-format",
            "json"
        );
        JsonElement[] lines = [.. run.Error.TrimEnd('\n').Split('\n').Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(
            ["INFO 9", "WARN 13", "ERROR 17"],
            lines.Select(l => $"{l.GetProperty("SeverityText")} {l.GetProperty("SeverityNumber")}")
        );
        foreach (JsonElement line in lines)
        {
            Assert.Equal(DateTimeKind.Utc, line.GetProperty("Timestamp").GetDateTime().Kind);
            Assert.Equal("streametl", line.GetProperty("Resource").GetProperty("service.name").GetString());
            Assert.Equal("streametl.cli", line.GetProperty("InstrumentationScope").GetProperty("Name").GetString());
        }
        Assert.Equal("strange \e", lines[1].GetProperty("Body").GetString());
        Assert.DoesNotContain('\e', run.Error);
        Assert.Equal(
            "FieldCount a.csv:2 (byte 9) mend it",
            string.Join(' ', lines[2].GetProperty("Attributes").EnumerateObject().Select(p => p.Value.GetString()))
        );
    }

    [Fact]
    public void LogFormatJson_AlsoForUsageErrors()
    {
        CommandRun run = CommandRun.Of("convert", "a.csv", "--log-format", "json");
        Assert.Equal("no output is given", JsonDocument.Parse(run.Error).RootElement.GetProperty("Body").GetString());
    }

    [Theory]
    [InlineData(true, "", "", true)]
    [InlineData(false, "", "", false)]
    [InlineData(true, "NO_COLOR", "1", false)]
    [InlineData(true, "NO_COLOR", "", true)]
    [InlineData(true, "TERM", "dumb", false)]
    [InlineData(false, "FORCE_COLOR", "1", true)]
    [InlineData(false, "CLICOLOR_FORCE", "0", false)]
    public void Colours_FollowTheEnvironment(bool terminal, string variable, string value, bool expected)
    {
        Surroundings surroundings = new() { ErrorIsTerminal = terminal };
        if (variable.Length > 0)
        {
            surroundings.Variables.Add(variable, value);
        }
        CommandRun run = CommandRun.With(surroundings, null, "convert", "a.csv");
        Assert.Equal(expected, run.Error.Contains('\e', StringComparison.Ordinal));
        Assert.DoesNotContain('\e', CommandRun.With(surroundings, null, "convert", "a.csv", "--no-color").Error);
    }

    internal static void Finish(RunReport report)
    {
        report.Inputs.Add(new FileReport("a.csv", 8_000_000, 1_100_000_000));
        report.Outputs.Add(new FileReport("b.parquet", 8_000_000, 320_000_000));
        (report.RowsRead, report.RowsWritten, report.Seconds) = (8_000_000, 8_000_000, 2.1);
        report.Stages.Add(new StageReport("parse", 10, 8_000_000, 1.5, 0.25));
    }

    private static CommandRun Convert(Action<RunReport> engine, params string[] options) =>
        CommandRun.With(engine, ["convert", "a.csv", "-o", "b.parquet", .. options]);
}
