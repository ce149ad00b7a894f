using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Cli.Verbs;

namespace StreamEtl.Cli.Tests.Help;

public sealed class HelpTextTests
{
    /// <summary>The approved texts stand in <c>Golden</c>; with STREAMETL_ACCEPT=1 the test writes them anew.</summary>
    [Theory]
    [InlineData("program", "--help")]
    [InlineData("convert", "convert", "--help")]
    [InlineData("dedupe", "help", "dedupe")]
    [InlineData("diff", "diff", "-h")]
    [InlineData("ingest", "ingest", "--help")]
    [InlineData("consolidate", "help", "consolidate")]
    [InlineData("run", "help", "run")]
    [InlineData("schema-infer", "schema", "infer", "--help")]
    [InlineData("schema-validate", "help", "schema", "validate")]
    [InlineData("table-log", "table", "log", "--help")]
    [InlineData("table-files", "table", "files", "--help")]
    [InlineData("table-verify", "table", "verify", "--help")]
    [InlineData("table-compact", "table", "compact", "--help")]
    [InlineData("table-vacuum", "table", "vacuum", "--help")]
    [InlineData("journeys-list", "journeys", "list", "--help")]
    [InlineData("journeys-show", "journeys", "show", "--help")]
    [InlineData("schema", "schema", "--help")]
    [InlineData("table", "help", "table")]
    [InlineData("journeys", "journeys", "-h")]
    [InlineData("journeys-retry", "journeys", "retry", "--help")]
    public void Help_Text_IsAsApproved(string name, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal((0, ""), (run.Status, run.Error));
        string path = StreamEtl.Tests.RepositoryFiles.At("tests", "StreamEtl.Cli.Tests", "Help", "Golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("STREAMETL_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, run.Output);
        }
        Assert.Equal(File.ReadAllText(path), run.Output);
    }

    [Fact]
    public void Help_EveryText_FitsAScreen()
    {
        string[][] calls =
        [
            ["--help"],
            .. VerbCatalog.Groups.Select(g => new[] { g.Name, "--help" }),
            .. VerbCatalog.All.Select(v => v.Name.Split(' ').Append("--help").ToArray()),
        ];
        foreach (string[] call in calls)
        {
            string[] lines = CommandRun.Of(call).Output.Split('\n');
            Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
            Assert.InRange(lines.Length, 10, 86);
        }
    }

    [Fact]
    public void Help_EveryOption_IsListedOnce()
    {
        foreach (Verb verb in VerbCatalog.All)
        {
            Assert.Equal(verb.Options.Count, verb.Options.Select(o => o.Name).Distinct(StringComparer.Ordinal).Count());
            string help = CommandRun.Of([.. verb.Name.Split(' '), "--help"]).Output;
            foreach (OptionSpec option in verb.Options)
            {
                Assert.Single(help.Split('\n'), line => line.TrimStart().Replace($"-{option.Short}, ", "").Split(' ')[0] == option.Long);
            }
        }
    }

    /// <summary>What help shows must work: every example parses (with the first example's files not looked for).</summary>
    [Fact]
    public void Help_EveryExample_IsARightCommandLine()
    {
        foreach (Verb verb in VerbCatalog.All)
        {
            foreach ((_, string command) in verb.Examples)
            {
                string own = command.Split(" | ").Single(c => c.StartsWith("streametl ", StringComparison.Ordinal));
                string[] words = [.. own.Split(' ').Skip(1).Select(w => w.Trim('\''))];
                if (verb.Execute is not null)
                {
                    _ = new ArgumentParser(verb, _ => false).Parse(words.AsSpan(verb.Name.Split(' ').Length));
                    continue;
                }
                CommandRun run = CommandRun.Of(words);
                Assert.True(run is { Status: 0, Job: not null }, $"{command}: {run.Error}");
            }
        }
    }

    [Fact]
    public void NoArguments_ShowHelpOnStandardError()
    {
        CommandRun run = CommandRun.Of();
        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Contains("Usage: streametl COMMAND", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void NoInputAtATerminal_ShowsTheVerbsHelp()
    {
        CommandRun run = CommandRun.With(new Surroundings { InputIsTerminal = true }, null, "diff", "-o", "x.csv", "--key", "id");
        Assert.Equal(2, run.Status);
        Assert.StartsWith("streametl diff: two snapshots", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "streametl: error: no input is given: streametl diff OLD NEW -o CHANGES --key COLS\n",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Version_IsOneLineOnStandardOutput()
    {
        CommandRun run = CommandRun.Of("--version");
        Assert.Equal(0, run.Status);
        Assert.Matches(@"^streametl \d+\.\d+\.\d+\n$", run.Output);
    }

    [Theory]
    [InlineData("unknown command 'cnvert'", "did you mean 'convert'?", "cnvert", "a.csv")]
    [InlineData("unknown command 'zzz'", "commands: convert, dedupe, diff, ingest, consolidate, run, schema, table, journeys", "zzz")]
    [InlineData("unknown command 'dedup'", "did you mean 'dedupe'?", "help", "dedup")]
    [InlineData("'schema' needs a second word", "streametl schema infer or streametl schema validate", "schema")]
    [InlineData("unknown command 'schema show'", "streametl schema infer or streametl schema validate", "schema", "show")]
    [InlineData("'-q' stands without a command", "streametl --help lists the commands", "-q")]
    public void UnknownCommand_NamesTheNearest(string message, string hint, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal((2, $"streametl: error: {message}\n  hint: {hint}\n"), (run.Status, run.Error));
    }
}
