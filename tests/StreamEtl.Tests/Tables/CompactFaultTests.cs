using StreamEtl.Diagnostics;
using StreamEtl.Errors;
using StreamEtl.Pipeline;
using StreamEtl.Pipeline.Upkeep;
using StreamEtl.Storage;
using StreamEtl.Tables;
using StreamEtl.Tests.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Tables;

/// <summary>
/// Compact and vacuum over a store of which one call after the other fails (before or after its effect), or is the last of the process: the error is typed, the table is the
/// version before or after, and the same run again brings it there.
/// </summary>
public sealed class CompactFaultTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-faults-").FullName;

    public enum Fault
    {
        Before,
        After,
        Death,
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Death)]
    public async Task Compact_EveryCallFailsOnce_LeavesAVersionAndIsDoneByTheNextRun(Fault fault)
    {
        MemoryStore start = await TableAsync();
        CommitRecord before = (await LogOf(start).ReadNewestAsync(CancellationToken.None))!;
        int failed = 0;
        int call = 1;
        for (bool reached = true; reached; call++)
        {
            MemoryStore store = await CopyAsync(start);
            FlakyStore flaky = new(store)
            {
                FailAt = call,
                AfterEffect = fault == Fault.After,
                Dies = fault == Fault.Death,
            };
            failed += await TryAsync(Compact(flaky)) ? 0 : 1;
            reached = flaky.Faults > 0 || flaky.IsDead;
            CommitRecord after = (await LogOf(store).ReadNewestAsync(CancellationToken.None))!;
            Assert.InRange(after.Version, 2, 3);
            Assert.Equal((before.Checksum, before.Counts.Rows), (after.Checksum, after.Counts.Rows));
            await RunAsync(Compact(store));
            await RunAsync(Verify(store));
            await RunAsync(Vacuum(store));
            await RunAsync(Verify(store));
            Assert.Equal(3, (await LogOf(store).ReadNewestAsync(CancellationToken.None))!.Version);
        }
        output.WriteLine($"{call - 2} calls, {failed} runs failed");
        Assert.InRange(failed, 10, call);
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Death)]
    public async Task Vacuum_EveryCallFailsOnce_NeverTouchesTheNewestVersion(Fault fault)
    {
        MemoryStore start = await TableAsync();
        await RunAsync(Compact(start));
        int failed = 0;
        int call = 1;
        for (bool reached = true; reached; call++)
        {
            MemoryStore store = await CopyAsync(start);
            FlakyStore flaky = new(store)
            {
                FailAt = call,
                AfterEffect = fault == Fault.After,
                Dies = fault == Fault.Death,
            };
            failed += await TryAsync(Vacuum(flaky)) ? 0 : 1;
            reached = flaky.Faults > 0 || flaky.IsDead;
            await RunAsync(Verify(store));
            await RunAsync(Vacuum(store));
            await RunAsync(Verify(store));
            Assert.Single(await KeysAsync(store, "_streametl/orders/full/"));
            Assert.Empty(await KeysAsync(store, "cdc/"));
        }
        output.WriteLine($"{call - 2} calls, {failed} runs failed");
        Assert.InRange(failed, 5, call);
    }

    private static TableLog LogOf(IObjectStore store) => new(store, new TableLayout("orders"));

    private async Task<MemoryStore> TableAsync()
    {
        var store = new MemoryStore();
        string[] days = ["id,v\n1,a\n2,b\n3,c\n4,d\n", "id,v\n1,a\n2,b2\n4,d\n5,e\n"];
        foreach (string day in days)
        {
            string path = Path.Combine(_folder, "in.csv");
            await File.WriteAllTextAsync(path, day);
            await RunAsync(
                new IngestOptions
                {
                    Inputs = [path],
                    Table = "orders",
                    Into = "memory",
                    Store = store,
                    Key = ["id"],
                    MaxDeletePercent = 100,
                    Output = "memory",
                    MemoryBytes = 128_000_000,
                    TempDirectory = _folder,
                    Threads = 1,
                }
            );
        }
        return store;
    }

    private TableCompactOptions Compact(IObjectStore store) =>
        new()
        {
            Folder = "memory",
            Store = store,
            Output = Path.Combine(_folder, "said"),
            MemoryBytes = 128_000_000,
            TempDirectory = _folder,
            Threads = 1,
        };

    private TableVerifyOptions Verify(IObjectStore store) =>
        new()
        {
            Folder = "memory",
            Store = store,
            Output = Path.Combine(_folder, "said"),
            MemoryBytes = 128_000_000,
            TempDirectory = _folder,
            Threads = 1,
        };

    private TableVacuumOptions Vacuum(IObjectStore store) =>
        new()
        {
            Folder = "memory",
            Store = store,
            Keep = 1,
            Output = Path.Combine(_folder, "said"),
            MemoryBytes = 128_000_000,
            TempDirectory = _folder,
            Threads = 1,
        };

    private static Task RunAsync(JobOptions options) =>
        EtlRunner.RunAsync(options, new RunReport { Verb = "table" }, null, CancellationToken.None);

    /// <summary>False for an error of the kind that users see, or the end of the process.</summary>
    private static async Task<bool> TryAsync(JobOptions options)
    {
        try
        {
            await RunAsync(options);
            return true;
        }
        catch (StreamEtlException e)
        {
            Assert.NotEqual(ErrorKind.Internal, e.Kind);
            return false;
        }
        catch (PowerCutException)
        {
            return false;
        }
    }

    private static async Task<MemoryStore> CopyAsync(MemoryStore from)
    {
        var copy = new MemoryStore();
        foreach (string key in await KeysAsync(from, ""))
        {
            byte[] bytes = (await from.ReadWholeAsync(key, int.MaxValue, CancellationToken.None))!;
            Assert.True(await copy.WriteWholeAsync(key, bytes, WriteCondition.IfAbsent, CancellationToken.None));
        }
        return copy;
    }

    private static async Task<List<string>> KeysAsync(MemoryStore store, string prefix)
    {
        var keys = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(prefix, CancellationToken.None))
        {
            keys.Add(info.Key);
        }
        return keys;
    }
}
