using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Runtime;
using StreamEtl.Cli.Terminal;
using StreamEtl.Connectors.Configuration;
using StreamEtl.Connectors.Scheduling;
using StreamEtl.Errors;
using StreamEtl.Tables;

namespace StreamEtl.Cli.Verbs;

/// <summary><c>run</c>: what a config file describes.</summary>
internal static class RunVerb
{
    /// <summary>The verb's name, in reports too.</summary>
    public const string Name = "run";

    private const string ConfigWord = "config";

    public static readonly OptionSpec Table = new("table", OptionGroup.Verb, "only these tables of the config", "NAME…", Arity.Texts);
    public static readonly OptionSpec Watch = new("watch", OptionGroup.Verb, "run again and again: 15m, '0 2 * * *', or config", "WHEN");
    public static readonly OptionSpec DryRun = OptionSpec.Flag(
        "dry-run",
        OptionGroup.Verb,
        "check the config, say what would run, and stop"
    );
    public static readonly OptionSpec Parallel = new("parallel", OptionGroup.Resources, "tables that run at once at most", "N");
    public static readonly OptionSpec LogFile = new("log-file", OptionGroup.Messages, "append log lines to this file too", "FILE");
    public static readonly OptionSpec Level = OptionSpec.Choice(
        "log-level",
        OptionGroup.Messages,
        "the least that is logged (default INFO)",
        "DEBUG",
        "INFO",
        "WARNING",
        "ERROR",
        "CRITICAL"
    );

    public static Verb Verb { get; } =
        new()
        {
            Name = Name,
            Summary = "what a config file describes: tables, kept up to date, several at once",
            Usage = "run CONFIG [--table NAME…] [options]",
            Examples =
            [
                ("every table of the config, once", "streametl run lake.yaml"),
                ("two of them, with little memory", "streametl run lake.yaml --table orders items --memory 512MB"),
                ("every 15 minutes, until Ctrl-C", "streametl run lake.yaml --watch 15m --log-file etl.log"),
                ("at the times that the config names", "streametl run config.json --watch config --log-format json"),
            ],
            Notes =
            [
                "CONFIG is JSON or YAML; schemas/streametl-config.schema.json describes it. The least:",
                "",
                "  into: lake",
                "  tables:",
                "    - {name: orders, source: data/actual/orders.csv, key: order_id, mode: cdc}",
                "",
                "Every text may hold environment variables, ${NAME}, whose values are never shown. Paths are",
                "relative to the config. All tables together keep to --memory and --threads. A table that fails",
                "stops no other. A config that is still running is not started twice.",
            ],
            Options =
            [
                Table,
                Watch,
                DryRun,
                SharedOptions.Memory,
                SharedOptions.Temp,
                SharedOptions.Threads,
                Parallel,
                .. JourneyOptions.All,
                .. MessageOptions.All,
                LogFile,
                Level,
            ],
            Execute = ExecuteAsync,
        };

    private static async Task<int> ExecuteAsync(ParsedArguments arguments, Host host, RunSettings settings)
    {
        string path = arguments.Positionals switch
        {
            [var only] => only,
            [] => throw UsageError.Create("no config is given", "streametl run CONFIG, a JSON or YAML file"),
            _ => throw UsageError.Create($"{arguments.Positionals.Count} configs are given where one is needed", "run each by itself"),
        };
        var mask = new SecretMask();
        Messages messages = settings.Messages.With(r => r with { Mask = mask.Apply });
        try
        {
            ConfigResult loaded = ConfigFile.Load(path, host.Variable, mask);
            foreach (ConfigProblem problem in loaded.Problems)
            {
                messages.Error(ErrorText.From(problem.ToException(), debug: false));
            }
            if (loaded.Config is { } config)
            {
                return await RunAsync(config, arguments, host, settings, mask).ConfigureAwait(false);
            }
            await JobRunner.ReportFailureAsync(Verb, settings, loaded.Problems[0].Text, host).ConfigureAwait(false);
        }
        // Said here, not by the program's own handler, because a path in it may hold a secret.
        catch (StreamEtlException e)
        {
            ErrorText text = ErrorText.From(e, settings.Debug);
            messages.Error(text);
            await JobRunner.ReportFailureAsync(Verb, settings, mask.Apply(text.Line), host).ConfigureAwait(false);
            return e.Kind == ErrorKind.Usage ? ExitCode.Usage : ExitCode.Failed;
        }
        return ExitCode.Usage;
    }

    private static async Task<int> RunAsync(RunConfig config, ParsedArguments arguments, Host host, RunSettings settings, SecretMask mask)
    {
        IReadOnlyList<TableConfig> tables = Chosen(config, arguments.All(Table));
        RunSchedule? schedule = Schedule(arguments.Text(Watch), config);
        string temp = arguments.Text(SharedOptions.Temp) ?? config.Temp ?? Path.GetTempPath();
        var plan = new RunPlan
        {
            Config = config,
            Tables = [.. tables.Select(t => (t, TableJob.Create(t, temp, host)))],
            Memory = arguments.Size(SharedOptions.Memory) ?? Size(config.Memory) ?? host.DefaultMemory(),
            Threads = arguments.Number(SharedOptions.Threads, 1) ?? config.Threads ?? Environment.ProcessorCount,
            Parallel = arguments.Number(Parallel, 1) ?? config.Parallel,
            Report = settings.Report ?? config.Report,
            Progress = settings.Progress,
            Mask = mask,
            Journeys = settings.Journeys,
            Debug = settings.Debug,
        };
        if (arguments.Flag(DryRun) ?? false)
        {
            await host.OpenOutput().WriteAsync(mask.Apply(plan.Describe())).ConfigureAwait(false);
            return ExitCode.Done;
        }
        using LogFile? file = OpenLog(arguments, config);
        LogRules rules = Rules(arguments, config) with { Mask = mask.Apply, File = file };
        return await new ConfigRunner(host, plan, settings.Messages.With(_ => rules)).RunAsync(schedule).ConfigureAwait(false);
    }

    private static IReadOnlyList<TableConfig> Chosen(RunConfig config, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return config.Tables;
        }
        var chosen = new List<TableConfig>();
        foreach (string name in names)
        {
            chosen.Add(
                config.Tables.FirstOrDefault(t => t.Name == name)
                    ?? config.Tables.FirstOrDefault(t => TableName.Normalize(t.Name).Equals(name, StringComparison.OrdinalIgnoreCase))
                    ?? throw UsageError.Create(
                        $"the config has no table '{name}'",
                        NearestName.Hint(name, [.. config.Tables.Select(t => t.Name)], "tables")
                    )
            );
        }
        return [.. chosen.Distinct()];
    }

    private static RunSchedule? Schedule(string? watch, RunConfig config)
    {
        if (watch is null)
        {
            return null;
        }
        if (watch == ConfigWord)
        {
            return config.Schedule
                ?? throw UsageError.Create("--watch config: the config has no 'schedule'", "schedule: 15m, or --watch 15m");
        }
        try
        {
            return RunSchedule.Parse(watch);
        }
        catch (FormatException e)
        {
            throw UsageError.Create($"--watch: {e.Message}", "15m, 1h30m, '0 2 * * *', or config for what the config says");
        }
    }

    private static long? Size(string? text) => text is not null && ByteSize.TryParse(text, out long bytes) ? bytes : null;

    private static LogRules Rules(ParsedArguments arguments, RunConfig config)
    {
        bool verbose = arguments.Flag(MessageOptions.Verbose) ?? false;
        bool quiet = arguments.Flag(MessageOptions.Quiet) ?? false;
        string level =
            arguments.Text(Level)
            ?? (
                verbose ? "DEBUG"
                : quiet ? "ERROR"
                : config.Log.Level ?? "INFO"
            );
        return new LogRules
        {
            Form = (arguments.Text(MessageOptions.LogFormat) ?? config.Log.Format) == "json" ? LogForm.Json : LogForm.Lines,
            Level = level == "WARNING" ? LogLevel.Warn : Enum.Parse<LogLevel>(level, ignoreCase: true),
            Verbose = true,
            Component = "streametl.run",
        };
    }

    private static LogFile? OpenLog(ParsedArguments arguments, RunConfig config)
    {
        if ((arguments.Text(LogFile) ?? config.Log.File) is not { } path)
        {
            return null;
        }
        try
        {
            return new LogFile(path, (arguments.Text(MessageOptions.LogFormat) ?? config.Log.Format) == "json");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw UsageError.Create($"the log file cannot be written: {e.Message}", "does its folder exist?");
        }
    }
}
