using System.Globalization;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Storage;
using StreamEtl.Tests.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// Runs of <c>ingest</c> whose store fails, whose process dies or whose machine loses power, at every call: after each the table reads back as the version before or
/// after, and a rerun reaches the right one and leaves nothing over. Bugs planted on purpose must be found by the same runs.
/// </summary>
public sealed class IngestFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-faults-").FullName;

    /// <summary>Power cuts of a campaign: 500 in CI; 10,000 when asked for.</summary>
    private static readonly int Runs = int.TryParse(
        Environment.GetEnvironmentVariable("STREAMETL_CAMPAIGN_RUNS"),
        CultureInfo.InvariantCulture,
        out int runs
    )
        ? runs
        : 500;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    public async Task Fault_AtEveryCallOfTheStore_LeavesTheVersionBeforeOrAfter(bool forGood, bool afterEffect, bool dies)
    {
        var snapshots = new TableHistory(_folder, seed: 5, steps: 3);
        var increments = TableHistory.Incremental(_folder, seed: 5, steps: 3);
        int calls = 0;
        int errors = 0;
        foreach (IngestMode mode in new[] { IngestMode.Cdc, IngestMode.Full, IngestMode.Incremental })
        {
            TableHistory history = mode == IngestMode.Incremental ? increments : snapshots;
            for (int point = 1; ; point++)
            {
                var store = new MemoryStore();
                await IngestRun.RunAsync(history.Options(store, 0, _folder));
                await IngestRun.RunAsync(history.Options(store, 1, _folder));
                var flaky = new FlakyStore(store)
                {
                    FailAt = point,
                    ForGood = forGood,
                    AfterEffect = afterEffect,
                    Dies = dies,
                };
                bool done = await TryAsync(history.Options(flaky, 2, _folder, mode));
                if (flaky.Faults == 0)
                {
                    Assert.True(done);
                    break;
                }
                calls++;
                errors += done ? 0 : 1;
                int state = history.Find((await TableReadBack.NewestAsync(store, "t")).Rows);
                Assert.True(state == 2 || (state == 1 && !done), $"{mode}, call {point}: state {state}, done {done}");
                await IngestRun.RunAsync(history.Options(store, 2, _folder, mode));
                Assert.Equal(2, history.Find((await TableReadBack.NewestAsync(store, "t")).Rows));
                await RequireNoLeftoversAsync(store, $"{mode}, call {point}");
            }
        }
        output.WriteLine($"{calls} calls failed, {errors} runs ended with an error, all tables right");
        Assert.True(calls > 40);
    }

    [Fact]
    public async Task PowerCuts_ManySeeds_LeaveTheVersionBeforeOrAfter()
    {
        (int bad, int cuts, string? first) = await CampaignAsync(Runs, between: null);
        output.WriteLine($"seeds 0 to {Runs - 1}: {cuts} power cuts, {bad} runs wrong");
        Assert.True(bad == 0, first);
        Assert.True(cuts > Runs / 2);
    }

    [Theory]
    [InlineData(PlantedBug.NoFileSync)]
    [InlineData(PlantedBug.NoFolderSync)]
    [InlineData(PlantedBug.RenameBeforeData)]
    public async Task PowerCuts_OverAPlantedBug_FindIt(PlantedBug bug)
    {
        (int bad, _, string? first) = await CampaignAsync(600, disk => new BrokenDisk(disk, bug), untilFound: true);
        Assert.True(bad > 0, $"{bug} was not found");
        output.WriteLine(first);
    }

    private async Task<(int Bad, int Cuts, string? First)> CampaignAsync(int runs, Func<IDisk, IDisk>? between, bool untilFound = false)
    {
        TableHistory[] histories =
        [
            .. Enumerable
                .Range(0, 12)
                .Select(seed =>
                    seed % 3 == 2 ? TableHistory.Incremental(_folder, seed, steps: 3) : new TableHistory(_folder, seed, steps: 3)
                ),
        ];
        int bad = 0;
        int cuts = 0;
        string? first = null;
        for (int seed = 0; seed < runs && !(untilFound && bad > 0); seed++)
        {
            try
            {
                cuts += await LiveAsync(seed, histories[seed % histories.Length], between);
            }
            catch (Exception e) when (e is WrongTableException or StreamEtlException or OverflowException or IndexOutOfRangeException)
            {
                bad++;
                first ??= $"seed {seed}: {e}";
            }
        }
        return (bad, cuts, first);
    }

    /// <summary>One machine's life: each snapshot is ingested until a run says that it is done, through power cuts; returns how many there were.</summary>
    private async Task<int> LiveAsync(int seed, TableHistory history, Func<IDisk, IDisk>? between)
    {
        var random = new Random(seed);
        var disk = new UnsyncedDisk();
        int cuts = 0;
        for (int step = 0; step < history.Paths.Count; step++)
        {
            bool done = false;
            for (int attempt = 0; !done; attempt++)
            {
                // The third attempt lives on, but the power goes when it is done: what it said must hold.
                disk.CutAt = attempt < 2 && random.Next(3) > 0 ? disk.Calls + random.Next(1, 260) : int.MaxValue;
                IngestMode? mode = random.Next(3) == 0 ? IngestMode.Full : null;
                done = await TryAsync(history.Options(Open(disk, between), step, _folder, mode));
                disk = disk.Crash(random.Next());
                cuts++;
                int state = history.Find((await TableReadBack.NewestAsync(Open(disk, null), "t")).Rows);
                if (state != step && (done || state != step - 1))
                {
                    throw new WrongTableException(
                        $"step {step}: the table is snapshot {state}, and the run was {(done ? "done" : "not done")}"
                    );
                }
            }
        }
        disk.CutAt = int.MaxValue;
        LocalStore store = Open(disk, between);
        RunReport again = await IngestRun.RunAsync(history.Options(store, history.Paths.Count - 1, _folder));
        if (!again.NothingToDo)
        {
            throw new WrongTableException("the same input again made a version");
        }
        await TableLeftovers.RequireNoneAsync(store, "t");
        return cuts;
    }

    private static LocalStore Open(UnsyncedDisk disk, Func<IDisk, IDisk>? between) =>
        new(Path.GetFullPath("/data/lake"), between?.Invoke(disk) ?? disk);

    private static async Task RequireNoLeftoversAsync(IObjectStore store, string where)
    {
        try
        {
            await TableLeftovers.RequireNoneAsync(store, "t");
        }
        catch (WrongTableException e)
        {
            throw new WrongTableException($"{where}: {e.Message}");
        }
    }

    /// <summary>True when the run says that it is done; false when it ended with a typed error or with its process.</summary>
    private static async Task<bool> TryAsync(IngestOptions options)
    {
        try
        {
            await IngestRun.RunAsync(options);
            return true;
        }
        catch (Exception e) when (e is PowerCutException || e is StreamEtlException { Kind: not ErrorKind.Internal })
        {
            return false;
        }
    }
}
