using System.Globalization;
using System.Text.RegularExpressions;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed partial class PipeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Head_ClosesThePipe_TheRunEndsQuietly()
    {
        using (StreamWriter writer = File.CreateText(_folder["big.csv"]))
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                writer.Write("0123456789,abcdefghijklmnopqrstuvwxyz\n");
            }
        }
        Tool.Result run = Tool.Shell(_folder, "$streametl convert big.csv -o - --to csv --no-header | head -n 1; echo ${PIPESTATUS[0]}");
        Assert.Equal("", run.Error);
        Assert.Equal("0", run.Output.Split('\n')[1]);
        Assert.Equal(["big.csv"], _folder.Files());
    }

    [Theory]
    [InlineData("$streametl convert a.csv -o b.csv 2>&-; echo $?", "0")]
    [InlineData("$streametl convert a.csv -o b.csv 2>/dev/full; echo $?", "0")]
    [InlineData("$streametl convert a.csv -o b.csv 2>&1 >/dev/null | true; echo ${PIPESTATUS[0]}", "0")]
    [InlineData("$streametl help diff | true; echo ${PIPESTATUS[0]}", "0")]
    [InlineData("$streametl help diff 2>/dev/null >/dev/full; echo $?", "1")]
    [InlineData("$streametl convert a.csv -o - --to csv 2>/dev/null >/dev/full; echo $?", "1")]
    public void Streams_ClosedOrFull_FailTheRunOnlyWhenDataIsLost(string line, string status)
    {
        _folder.Write("a.csv", "id\n1\n");
        Tool.Result run = Tool.Shell(_folder, line);
        Assert.Equal((0, status + "\n", ""), (run.Status, run.Output, run.Error));
    }

    [Fact]
    public void RedirectedFile_SharedWithOtherCommands_IsAppendedTo()
    {
        _folder.Write("a.csv", "id\n1\n");
        Tool.Shell(_folder, "{ echo before; $streametl convert a.csv -o - --to csv -q; $streametl nonsense; echo after; } >all.txt 2>&1");
        Assert.Equal(
            "before\nid\n1\nstreametl: error: unknown command 'nonsense'\n  hint: commands: convert, dedupe, diff, ingest, consolidate, run, schema, table, journeys\nafter\n",
            _folder.Read("all.txt")
        );
    }

    [Fact]
    public void TempFolder_ThatCannotBeUsed_IsSaidWithAHint()
    {
        _folder.Write("a.csv", "id\n1\n");
        _folder.Write("file", "");
        Tool.Result run = Tool.Run(_folder, "convert", "a.csv", "-o", "-", "--to", "ndjson", "--temp", "file/below");
        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("error: the temp folder cannot be used", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: name another folder with --temp", run.Error, StringComparison.Ordinal);
    }

    /// <summary>A pipe is kept wherever a job may read it again, so no verb cares whether it is given one. The last row contradicts what the first two megabytes say of the types.</summary>
    [Theory]
    [InlineData("convert @")]
    [InlineData("convert @ b.csv")]
    [InlineData("convert b.csv b.csv b.csv b.csv b.csv b.csv b.csv b.csv @")]
    [InlineData("dedupe @")]
    [InlineData("dedupe @ --key id")]
    [InlineData("dedupe b.csv @ --key id --keep v:desc --exact")]
    [InlineData("consolidate sor=b.csv sot=@ --key id --decide v:desc")]
    [InlineData("diff b.csv @ --key id --ignore v")]
    [InlineData("diff @ b.csv --key id --ignore v")]
    public void Inputs_ThatArePipes_GiveWhatFilesDo(string command)
    {
        File.WriteAllLines(_folder["a.csv"], Enumerable.Range(0, 250_000).Select(i => $"{i % 150_000},{i}").Prepend("id,v").Append("x,y"));
        File.WriteAllLines(_folder["b.csv"], Enumerable.Range(0, 1000).Select(i => $"{i},{i}").Prepend("id,v"));
        foreach (string types in new[] { "infer", "text" })
        {
            string file = $"$streametl {command.Replace("@", "a.csv", StringComparison.Ordinal)} --types {types} --to csv -q -o";
            string pipe = $"$streametl {command.Replace("@", "-", StringComparison.Ordinal)} --types {types} --to csv -q -o";
            string slowly = "(head -c 2500000 a.csv; sleep 0.5; tail -c +2500001 a.csv)";
            Tool.Result run = Tool.Shell(_folder, $"{file} 1.csv && cat a.csv | {pipe} 2.csv && {slowly} | {pipe} 3.csv && wc -l < 1.csv");
            Assert.Equal((0, ""), (run.Status, run.Error));
            Assert.True(int.Parse(run.Output, CultureInfo.InvariantCulture) > 100_000, run.Output);
            Assert.True(Rows("1.csv") == Rows("2.csv"), $"{pipe}: other rows than from a file");
            Assert.True(Rows("1.csv") == Rows("3.csv"), $"{pipe}: other rows than from a file when it comes slowly");
        }
    }

    [Fact]
    public void Report_ToAPipe_IsWrittenStraight()
    {
        _folder.Write("a.csv", "id\n1\n");
        Tool.Result run = Tool.Shell(_folder, "$streametl convert a.csv -o b.csv -q --report >(cat >&2); wait $!");
        Assert.Contains("\"rows_written\": 1", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            "1",
            Tool.Shell(_folder, "$streametl convert a.csv -o b.csv -q --report /dev/stdout | grep -c '\"verb\": \"convert\"'").Output.Trim()
        );
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A file without the instant that a diff notes in each row.</summary>
    private string Rows(string name) => Instant().Replace(_folder.Read(name), "");

    [GeneratedRegex(@",[0-9-]{10} [0-9:.]+Z$", RegexOptions.Multiline)]
    private static partial Regex Instant();
}
