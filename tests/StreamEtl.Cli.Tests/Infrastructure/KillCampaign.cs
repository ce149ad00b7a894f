using System.Diagnostics;
using StreamEtl.Storage;
using StreamEtl.Tests.Tables;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>
/// The real process, killed at named instants and at random times while it ingests, also while it recovers. After each kill the table must read back as the version before or after, and a
/// run that lives must reach the right state and leave nothing over.
/// </summary>
internal sealed class KillCampaign(TempFolder folder, int kills)
{
    private const int Killed = 128 + 9;

    /// <summary>Attempts at one step that are killed, at most.</summary>
    private const int MostInARow = 4;

    /// <summary>Milliseconds into a recovery within which it is killed.</summary>
    private const int RecoveryTime = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>The instants of an ingestion at which to kill it.</summary>
    public static IReadOnlyList<string> IngestPoints { get; } =
    [
        "ingest-read",
        "ingest-ledger-written",
        "ingest-changes-written",
        "ingest-before-commit",
        "ingest-committed",
        "ingest-published",
        "ingest-cleaned",
    ];

    /// <summary>Instants of the store, which come more than once in a run.</summary>
    public required IReadOnlyList<string> StorePoints { get; init; }

    /// <summary>Inputs of each table.</summary>
    public required int Steps { get; init; }

    /// <summary>Least and most milliseconds of a run that is killed at a random time.</summary>
    public required (int Least, int Most) Time { get; init; }

    /// <summary>R2: a run that follows on a killed one is killed soon after it has begun, and counts; every other time the next as well.</summary>
    public bool InRecovery { get; init; }

    /// <summary>Environment of the runs.</summary>
    public (string Name, string Value)[] Environment { get; init; } = [];

    /// <summary>Table after table until there were enough kills.</summary>
    /// <param name="newTable">Where the next table is: the store, and its name for the command.</param>
    /// <param name="afterwards">Looks for what a table's runs left over.</param>
    /// <returns>What to tell.</returns>
    public async Task<string> RunAsync(Func<(IObjectStore Store, string Into)> newTable, Func<string, Task> afterwards)
    {
        // How many runs were killed that followed on none, on one, on two… killed ones.
        int[] killed = new int[MostInARow];
        int lived = 0;
        var random = new Random(1);
        for (int life = 0; !IsEnough(killed); life++)
        {
            (IObjectStore store, string into) = newTable();
            TableHistory history =
                life % 2 == 1 ? TableHistory.Incremental(folder.Root, life, Steps) : new TableHistory(folder.Root, life, Steps);
            for (int step = 0; step < history.Paths.Count; step++)
            {
                bool done = false;
                for (int attempt = 0; !done; attempt++)
                {
                    (int? after, string? point) = IsEnough(killed) ? default : NextKill(attempt, killed, random);
                    done = Run(folder, [.. Ingest(into, history.Paths[step]), .. history.Arguments(step)], after, point, Environment);
                    lived += done ? 1 : 0;
                    if (!done)
                    {
                        killed[attempt]++;
                    }
                    int state = history.Find((await TableReadBack.NewestAsync(store, "t")).Rows);
                    Assert.True(
                        state == step || (!done && state == step - 1),
                        $"life {life}, step {step}, done {done}: the table is snapshot {state}"
                    );
                }
            }
            await TableLeftovers.RequireNoneAsync(store, "t");
            await afterwards(into);
        }
        return $"{killed.Sum()} processes killed, of them {killed[1]} that followed on a killed one and {killed[2]} on two; {lived} ended well, every table right after each";
    }

    private bool IsEnough(int[] killed) => (InRecovery ? killed[1] : killed.Sum()) >= kills;

    /// <summary>When a run is killed: after so many milliseconds, or at a named instant; neither when it shall live.</summary>
    private (int? After, string? Point) NextKill(int attempt, int[] killed, Random random)
    {
        int inARow = InRecovery ? 2 + (killed[1] % 2) : MostInARow;
        if (attempt >= inARow)
        {
            return default;
        }
        if (InRecovery && attempt > 0)
        {
            return (random.Next(RecoveryTime), null);
        }
        string[] points = [.. IngestPoints, .. StorePoints];
        string point = points[killed.Sum() % points.Length];
        string times = StorePoints.Contains(point) ? $":{random.Next(1, 6)}" : "";
        return random.Next(3) == 0 ? (random.Next(Time.Least, Time.Most), null) : (null, point + times);
    }

    /// <summary>Runs the tool; true when it ended well, false when it was killed. Anything else fails the test.</summary>
    public static bool Run(
        TempFolder folder,
        string[] arguments,
        int? killAfter,
        string? point,
        params (string Name, string Value)[] environment
    )
    {
        (string, string)[] variables = point is null ? environment : [.. environment, ("STREAMETL_CRASH_AT", point)];
        using Process process = Tool.Start(folder, [.. arguments, "-q"], variables);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (killAfter is { } milliseconds && !process.WaitForExit(milliseconds))
        {
            process.Kill();
        }
        StuckProcess.RequireEnd(process, Patience);
        bool kills = killAfter is not null || point is not null;
        Assert.True(
            process.ExitCode is 0 || (kills && process.ExitCode == Killed),
            $"exit status {process.ExitCode}: {error.GetAwaiter().GetResult()}"
        );
        return process.ExitCode == 0;
    }

    private static string[] Ingest(string into, string input) =>
        ["ingest", input, "--table", "t", "--into", into, "--key", "id", "--max-delete-percent", "100", "--allow-truncated"];
}
