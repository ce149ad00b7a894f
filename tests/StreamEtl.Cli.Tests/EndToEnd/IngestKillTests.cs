using System.Diagnostics;
using System.Globalization;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Storage;
using StreamEtl.Tests.Tables;
using Xunit.Abstractions;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>
/// R1, R2: the real process, killed at every named instant and at random times, also while it recovers. After each kill the table reads back as the version before or after,
/// and in the end a run that lives reaches the right state and leaves nothing over. STREAMETL_KILLS sets how many.
/// </summary>
public sealed class IngestKillTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] Points =
    [
        "ingest-read",
        "ingest-ledger-written",
        "ingest-changes-written",
        "ingest-before-commit",
        "ingest-committed",
        "ingest-published",
        "ingest-cleaned",
        "store-written",
        "store-synced",
        "store-moved",
        "store-durable",
        "store-deleted",
    ];

    private readonly TempFolder _folder = new();

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 100;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_AtAnyInstant_LeavesTheVersionBeforeOrAfter()
    {
        int killed = 0;
        int lived = 0;
        var store = new LocalStore(_folder["lake"]);
        var random = new Random(1);
        for (int life = 0; killed < Kills; life++)
        {
            if (Directory.Exists(_folder["lake"]))
            {
                Directory.Delete(_folder["lake"], recursive: true);
            }
            TableHistory history =
                life % 2 == 1 ? TableHistory.Incremental(_folder.Root, life, steps: 4) : new TableHistory(_folder.Root, life, steps: 4);
            for (int step = 0; step < history.Paths.Count; step++)
            {
                bool done = false;
                for (int attempt = 0; !done; attempt++)
                {
                    done = Run(history, step, random, killed, kill: attempt < 4 && killed < Kills);
                    killed += done ? 0 : 1;
                    lived += done ? 1 : 0;
                    int state = history.Find((await TableReadBack.NewestAsync(store, "t")).Rows);
                    Assert.True(
                        state == step || (!done && state == step - 1),
                        $"life {life}, step {step}, done {done}: the table is snapshot {state}"
                    );
                }
            }
            await TableLeftovers.RequireNoneAsync(store, "t");
            Assert.DoesNotContain(
                Directory.EnumerateFiles(_folder["lake"], "*", SearchOption.AllDirectories),
                f => f.EndsWith(".tmp", StringComparison.Ordinal)
            );
        }
        output.WriteLine($"{killed} processes killed, {lived} ended well, every table right after each");
    }

    /// <summary>Runs the tool; true when it ended well, false when it was killed. Anything else fails the test.</summary>
    private bool Run(TableHistory history, int step, Random random, int number, bool kill)
    {
        string[] arguments =
        [
            "ingest",
            history.Paths[step],
            "--table",
            "t",
            "--into",
            "lake",
            "--key",
            "id",
            "--max-delete-percent",
            "100",
            "--allow-truncated",
            "-q",
            .. history.Arguments(step),
        ];
        bool timed = kill && random.Next(3) == 0;
        string? point =
            kill && !timed ? $"{Points[number % Points.Length]}:{random.Next(1, Points[number % Points.Length][0] == 's' ? 6 : 2)}" : null;
        using Process process = Tool.Start(_folder, arguments, point is null ? [] : [("STREAMETL_CRASH_AT", point)]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (timed && !process.WaitForExit(random.Next(50, 500)))
        {
            process.Kill();
        }
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "streametl did not end");
        const int Killed = 128 + 9;
        Assert.True(
            process.ExitCode is 0 || (kill && process.ExitCode == Killed),
            $"exit status {process.ExitCode}: {error.GetAwaiter().GetResult()}"
        );
        return process.ExitCode == 0;
    }
}
