using System.Globalization;
using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Pipeline.Upkeep;
using StreamEtl.Storage;
using StreamEtl.Tests.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// R4 and R5 over a local disk: every call to the operating system fails, once or for good, before or after its effect; and the disk is full after any byte. After each the error
/// is typed, the table is the version before or after, and a rerun reaches the right one and leaves nothing over.
/// STREAMETL_FAULT_STRIDE is the distance between calls that fail (1: every call), STREAMETL_FULL_POINTS the number of full disks.
/// </summary>
public sealed class DiskFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-faults-").FullName;

    /// <summary>What runs on the faulty disk.</summary>
    public enum Work
    {
        Full,
        Cdc,
        Incremental,
        Compact,
    }

    private static int Stride => Setting("STREAMETL_FAULT_STRIDE", 11);

    private static int Points => Setting("STREAMETL_FULL_POINTS", 24);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Work.Full)]
    [InlineData(Work.Cdc)]
    [InlineData(Work.Incremental)]
    [InlineData(Work.Compact)]
    public async Task Fault_AtEveryCallOfTheDisk_LeavesTheVersionBeforeOrAfter(Work work)
    {
        TableHistory history = History(work);
        int calls = 0;
        int errors = 0;
        foreach ((bool forGood, bool afterEffect) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            for (int point = 1 + (calls % Stride); ; point += Stride)
            {
                UnsyncedDisk disk = await DiskAsync(history);
                var flaky = new FlakyDisk(disk)
                {
                    FailAt = point,
                    ForGood = forGood,
                    AfterEffect = afterEffect,
                };
                bool done = await TryAsync(work, flaky, history);
                if (flaky.Faults == 0)
                {
                    Assert.True(done);
                    break;
                }
                calls++;
                errors += done ? 0 : 1;
                await CheckAsync(work, disk, history, done, $"{work}, call {point}, for good {forGood}, after its effect {afterEffect}");
            }
        }
        output.WriteLine($"{work}: {calls} calls failed, {errors} runs ended with an error, all tables right");
        Assert.True(calls > 100 / Stride && errors > calls / 4);
    }

    [Theory]
    [InlineData(Work.Full)]
    [InlineData(Work.Cdc)]
    [InlineData(Work.Incremental)]
    [InlineData(Work.Compact)]
    public async Task DiskFull_AfterAnyByte_IsATypedErrorAndGoesOnOnceThereIsSpace(Work work)
    {
        TableHistory history = History(work);
        var whole = new FlakyDisk(await DiskAsync(history)) { Space = long.MaxValue };
        Assert.True(await TryAsync(work, whole, history));
        long bytes = long.MaxValue - whole.Space;
        int errors = 0;
        for (int point = 0; point < Points; point++)
        {
            UnsyncedDisk disk = await DiskAsync(history);
            var full = new FlakyDisk(disk) { Space = bytes * point / Points };
            bool done = await TryAsync(work, full, history);
            Assert.True(full.Faults > 0);
            errors += done ? 0 : 1;
            await CheckAsync(work, disk, history, done, $"{work}, full after {bytes * point / Points} of {bytes} bytes");
        }
        output.WriteLine($"{work}: {Points} full disks, {errors} runs ended with an error, all tables right");
        Assert.True(errors > Points / 2);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private TableHistory History(Work work) =>
        work == Work.Incremental ? TableHistory.Incremental(_folder, seed: 5, steps: 3) : new TableHistory(_folder, seed: 5, steps: 3);

    /// <summary>A disk with a table of two versions.</summary>
    private async Task<UnsyncedDisk> DiskAsync(TableHistory history)
    {
        var disk = new UnsyncedDisk();
        await IngestRun.RunAsync(history.Options(Open(disk), 0, _folder));
        await IngestRun.RunAsync(history.Options(Open(disk), 1, _folder));
        return disk;
    }

    private JobOptions Options(Work work, IObjectStore store, TableHistory history) =>
        work == Work.Compact
            ? new TableCompactOptions
            {
                Folder = "lake",
                Store = store,
                Output = Path.Combine(_folder, "said"),
                MemoryBytes = 128_000_000,
                TempDirectory = _folder,
                Threads = 1,
            }
            : history.Options(store, 2, _folder, work == Work.Full ? IngestMode.Full : IngestMode.Cdc);

    /// <summary>True when the run says that it is done; false when it ended with a typed error.</summary>
    private async Task<bool> TryAsync(Work work, IDisk disk, TableHistory history)
    {
        try
        {
            await EtlRunner.RunAsync(Options(work, Open(disk), history), new RunReport { Verb = "test" }, null, CancellationToken.None);
            return true;
        }
        catch (StreamEtlException e) when (e.Kind != ErrorKind.Internal)
        {
            return false;
        }
    }

    private async Task CheckAsync(Work work, UnsyncedDisk disk, TableHistory history, bool done, string where)
    {
        try
        {
            int before = 1;
            int after = work == Work.Compact ? 1 : 2;
            int state = history.Find((await TableReadBack.NewestAsync(Open(disk), "t")).Rows);
            Assert.True(state == after || (state == before && !done), $"state {state}, done {done}");
            Assert.True(await TryAsync(work, disk, history));
            Assert.Equal(after, history.Find((await TableReadBack.NewestAsync(Open(disk), "t")).Rows));
            await TableLeftovers.RequireNoneAsync(Open(disk), "t");
            Assert.DoesNotContain(disk.Files(), f => f.EndsWith(".tmp", StringComparison.Ordinal));
        }
        catch (Exception e)
        {
            throw new WrongTableException($"{where}: {e.Message}");
        }
    }

    private static LocalStore Open(IDisk disk) => new(Path.GetFullPath("/data/lake"), disk);
}
