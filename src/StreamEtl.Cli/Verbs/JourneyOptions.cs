using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Runtime;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Connectors.Scheduling;

namespace StreamEtl.Cli.Verbs;

/// <summary>The options of verbs that are journeys.</summary>
internal static class JourneyOptions
{
    /// <summary>Names the store where no option does.</summary>
    public const string Variable = "STREAMETL_JOURNEY_STORE";

    public static readonly OptionSpec Store = new(
        "journey-store",
        OptionGroup.Journeys,
        "where they are kept: folder, dynamodb://TABLE, none",
        "STORE"
    );
    public static readonly OptionSpec Lease = new(
        "journey-lease",
        OptionGroup.Journeys,
        "how long a silent owner keeps a journey (default 60s)",
        "TIME"
    );
    public static readonly OptionSpec Wait = new(
        "journey-wait",
        OptionGroup.Journeys,
        "how long to wait for who is at the same one (default: no limit)",
        "TIME"
    );
    public static readonly OptionSpec Retries = new(
        "journey-retries",
        OptionGroup.Journeys,
        "tries after errors that pass by themselves (default 3)",
        "N"
    );

    /// <summary>All of them.</summary>
    public static IReadOnlyList<OptionSpec> All { get; } = [Store, Lease, Wait, Retries];

    /// <summary>What the options and the environment say. <paramref name="command"/>: the words of the command line.</summary>
    public static JourneySettings Read(ParsedArguments arguments, Host host, IReadOnlyList<string> command)
    {
        string? named = arguments.Text(Store) ?? (host.Variable(Variable) is { Length: > 0 } variable ? variable : null);
        if (named?.Length == 0)
        {
            throw UsageError.Value(Store, named, "a folder, dynamodb://TABLE, or none");
        }
        TimeSpan lease = Interval(arguments, Lease) ?? TimeSpan.FromMinutes(1);
        return new JourneySettings
        {
            Store = named == JourneyStores.None ? null : named ?? JourneyStores.DefaultFolder(host.Variable),
            IsNamed = named is not null,
            Command = command,
            Rules = new JourneyRules
            {
                Lease = lease > TimeSpan.Zero ? lease : throw UsageError.Value(Lease, arguments.Text(Lease)!, "a time above 0"),
                Wait = Interval(arguments, Wait),
                Retries = arguments.Number(Retries, 0) ?? 3,
            },
        };
    }

    private static TimeSpan? Interval(ParsedArguments arguments, OptionSpec option) =>
        arguments.Text(option) switch
        {
            null => null,
            "0" or "0s" => TimeSpan.Zero,
            var text when IntervalText.TryParse(text, out TimeSpan interval) => interval,
            var text => throw UsageError.Value(option, text, "a time such as 30s or 5m, or 0"),
        };
}
