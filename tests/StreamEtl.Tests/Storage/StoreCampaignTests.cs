using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Storage;

/// <summary>Power cuts, faults at every call and full disks under <see cref="LocalStore"/>; and bugs planted on purpose, which the same runs must find.</summary>
public sealed class StoreCampaignTests(ITestOutputHelper output)
{
    /// <summary>Seeds of a campaign: some thousand in CI; 10,000 and more when asked for.</summary>
    private static readonly int Runs = int.TryParse(
        Environment.GetEnvironmentVariable("STREAMETL_CAMPAIGN_RUNS"),
        CultureInfo.InvariantCulture,
        out int runs
    )
        ? runs
        : 3000;

    [Fact]
    public async Task PowerCuts_ManySeeds_LoseNothingAcknowledgedAndTearNothing()
    {
        (int bad, string? first) = await CampaignAsync(Runs, between: null);
        Assert.True(bad == 0, first);
    }

    [Fact]
    public async Task PowerCutsAndFaults_ManySeeds_LoseNothingAcknowledgedAndTearNothing()
    {
        (int bad, string? first) = await CampaignAsync(
            Runs,
            static (disk, random) => new FlakyDisk(disk) { Chance = (random, random.Next(4) * 0.02) }
        );
        Assert.True(bad == 0, first);
    }

    [Theory]
    [InlineData(PlantedBug.NoFileSync)]
    [InlineData(PlantedBug.NoFolderSync)]
    [InlineData(PlantedBug.RenameBeforeData)]
    [InlineData(PlantedBug.ReplaceOnCommit)]
    public async Task PowerCuts_OverAPlantedBug_FindIt(PlantedBug bug)
    {
        (int bad, string? first) = await CampaignAsync(300, (disk, _) => new BrokenDisk(disk, bug));
        Assert.True(bad > 0, $"{bug} was not found");
        output.WriteLine(first);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Fault_AtEveryCall_IsATypedErrorAndNeverAWrongState(bool forGood, bool afterEffect)
    {
        int point = 0;
        int errors = 0;
        FlakyDisk flaky;
        do
        {
            point++;
            FlakyDisk? used = null;
            var simulation = new StoreSimulation(seed: 4)
            {
                Lives = 1,
                Operations = 60,
                CutsEarly = false,
                Between = (disk, _) =>
                    used = new FlakyDisk(disk)
                    {
                        FailAt = point,
                        ForGood = forGood,
                        AfterEffect = afterEffect,
                    },
            };
            Assert.Null(await simulation.RunAsync());
            flaky = used!;
            errors += simulation.Errors;
            Assert.True(simulation.Errors <= flaky.Faults, $"call {point}: more errors than faults");
        } while (flaky.Faults > 0);
        output.WriteLine($"{point - 1} calls, each failed; {errors} typed errors");
        Assert.True(point > 400 && errors > 300);
    }

    [Fact]
    public async Task DiskFull_At300Points_IsACleanErrorAndGoesOnOnceThereIsSpace()
    {
        for (int point = 0; point < 300; point++)
        {
            var disk = new UnsyncedDisk();
            var flaky = new FlakyDisk(disk) { Space = point * 997 };
            var store = new LocalStore(Path.GetFullPath("/data"), flaky);
            StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(() => FillAsync(store));
            Assert.Equal(ErrorKind.Io, error.Kind);
            Assert.Contains("the disk is full", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(disk.Files(), f => f.EndsWith(".tmp", StringComparison.Ordinal));
            flaky.Space = long.MaxValue;
            await FillAsync(store);
            Assert.Equal(10, await store.ListAsync("", default).CountAsync());
        }

        static async Task FillAsync(LocalStore store)
        {
            for (int i = 0; i < 10; i++)
            {
                await store.WriteWholeAsync($"t/{i}", new byte[30_000], WriteCondition.IfAbsent, default);
            }
        }
    }

    /// <summary>Runs that went wrong, and what the first of them says.</summary>
    private async Task<(int Bad, string? First)> CampaignAsync(int runs, Func<IDisk, Random, IDisk>? between)
    {
        int bad = 0;
        int done = 0;
        int errors = 0;
        string? first = null;
        for (int seed = 0; seed < runs; seed++)
        {
            var simulation = new StoreSimulation(seed) { Between = between };
            string? wrong = await simulation.RunAsync();
            bad += wrong is null ? 0 : 1;
            first ??= wrong;
            done += simulation.Successes;
            errors += simulation.Errors;
        }
        output.WriteLine($"seeds 0 to {runs - 1}: {done} operations done, {errors} typed errors, {bad} runs wrong");
        return (bad, first);
    }
}
