using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>
/// R10: a process is stopped at a named instant for longer than its lease, another takes the journey over and completes it, and the first wakes. It is refused where it had begun to
/// work, and told the other's result where it had not; the output is that of an undisturbed run right after, and stays so when the command is given again. STREAMETL_ZOMBIES sets how
/// many zombies each instant gets (100 by hand).
/// </summary>
public sealed class ZombieTests
{
    /// <summary>Most of a zombie's time is waiting for its lease to run out.</summary>
    private const int AtOnce = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Consolidate =
    [
        "consolidate",
        "a=a.csv",
        "b=b.csv",
        "--key",
        "id",
        "--decide",
        "at:desc",
        "-o",
        "out.csv",
    ];

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_ZOMBIES"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 1;

    [Theory]
    [InlineData("journey-acquired", true)]
    [InlineData("output-before-commit", true)]
    [InlineData("output-committed", true)]
    [InlineData("journey-written", false)]
    [InlineData("journey-written:2", false)]
    [InlineData("journey-created", false)]
    [InlineData("journey-completed", false)]
    public Task Consolidate_StoppedBeyondItsLease_ChangesNothing(string point, bool refused) =>
        RepeatAsync(
            point,
            refused,
            Consolidate,
            prepare: null,
            f => f.Read("out.csv"),
            "id,at\n1,2024-01-01\n2,2024-01-02\n3,2024-01-01\n"
        );

    [Theory]
    [InlineData("journey-step-started")]
    [InlineData("journey-step-worked")]
    [InlineData("journey-step-done")]
    [InlineData("journey-step-started:2")]
    [InlineData("congregado-written")]
    [InlineData("journey-step-worked:2")]
    [InlineData("journey-step-done:2")]
    public Task Consolidate_StoppedBetweenSteps_IsRefused(string point) =>
        RepeatAsync(
            point,
            refused: true,
            [.. Consolidate, "--congregado", "cong", "--database", "D", "--table", "T"],
            prepare: null,
            f => $"{f.Read("out.csv")}{Directory.EnumerateFiles(f["cong"], "*", SearchOption.AllDirectories).Count()}",
            "id,at\n1,2024-01-01\n2,2024-01-02\n3,2024-01-01\n1"
        );

    [Theory]
    [InlineData("journey-acquired")]
    [InlineData("ingest-changes-written")]
    [InlineData("ingest-ledger-written")]
    [InlineData("ingest-before-commit")]
    [InlineData("ingest-committed")]
    [InlineData("ingest-published")]
    [InlineData("ingest-cleaned")]
    public Task Ingest_StoppedBeyondItsLease_IsRefused(string point) =>
        RepeatAsync(
            point,
            refused: true,
            Ingest("b.csv"),
            Ingest("a.csv"),
            f =>
                $"{Tool.Run(f, "convert", "lake/t@latest", "-o", "-", "--to", "csv", "-q").Output}{Directory.GetFiles(f["lake/_streametl/t/commits"]).Length}",
            "id,at\n2,2024-01-02\n3,2024-01-01\n2"
        );

    private static string[] Ingest(string input) =>
        ["ingest", input, "--table", "t", "--into", "lake", "--key", "id", "--max-delete-percent", "100"];

    private static Task RepeatAsync(
        string point,
        bool refused,
        string[] command,
        string[]? prepare,
        Func<TempFolder, string> state,
        string expected
    ) =>
        Parallel.ForAsync(
            0,
            Rounds,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (_, _) =>
            {
                using var folder = new TempFolder();
                folder.Write("a.csv", "id,at\n1,2024-01-01\n2,2024-01-01\n");
                folder.Write("b.csv", "id,at\n2,2024-01-02\n3,2024-01-01\n");
                if (prepare is not null)
                {
                    Assert.Equal(0, Tool.Run(folder, prepare).Status);
                }
                await WakeAfterAnotherAsync(
                    folder,
                    point,
                    refused,
                    [.. command, "--journey-lease", "1s"],
                    () => Assert.Equal(expected, state(folder))
                );
            }
        );

    private static async Task WakeAfterAnotherAsync(TempFolder folder, string point, bool refused, string[] command, Action check)
    {
        using Process zombie = Tool.Start(folder, command, [("STREAMETL_STOP_AT", point)]);
        Task<string> said = zombie.StandardError.ReadToEndAsync();
        zombie.StandardInput.Close();
        long began = Environment.TickCount64;
        while (!(await File.ReadAllTextAsync($"/proc/{zombie.Id}/stat")).Contains(") T ", StringComparison.Ordinal))
        {
            Assert.False(zombie.HasExited, $"{point} was not reached");
            Assert.True(Environment.TickCount64 - began < Patience.TotalMilliseconds, $"{point} was not reached in time");
            await Task.Delay(20);
        }
        Tool.Result other = Tool.Run(folder, [.. command, "--report", "report.json"]);
        Assert.True(other.Status == 0, other.Error);
        JsonElement journey = JsonElement.Parse(folder.Read("report.json")).GetProperty("journey");
        if (refused)
        {
            Assert.True(journey.GetProperty("took_over").GetBoolean());
        }
        check();
        using (Process wake = Process.Start("kill", ["-CONT", $"{zombie.Id}"]))
        {
            await wake.WaitForExitAsync();
        }
        StuckProcess.RequireEnd(zombie, Patience);
        string error = await said;
        Assert.True(zombie.ExitCode == (refused ? 1 : 0), $"{point}: exit status {zombie.ExitCode}: {error}");
        Assert.Equal(refused, error.Contains("another process took journey", StringComparison.Ordinal));
        check();
        Assert.Equal(0, Tool.Run(folder, command).Status);
        check();
    }
}
