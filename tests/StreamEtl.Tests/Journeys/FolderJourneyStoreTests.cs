using StreamEtl.Connectors.Journeys;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Journeys;

public sealed class FolderJourneyStoreTests : JourneyStoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-journeys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override IJourneyStore Open() => JourneyStores.Open(_folder, _ => null, TimeProvider.System);

    [Fact]
    public async Task Write_ManyRevisions_LeavesTheLastOnesAndAMark()
    {
        await using IJourneyStore store = Open();
        string key = NewKey();
        for (int revision = 1; revision <= 40; revision++)
        {
            Assert.True(await store.TryWriteAsync(NewRecord(key) with { Revision = revision }, CancellationToken.None));
        }
        Assert.Equal(
            [$"{key}-0000000000.json", .. Enumerable.Range(33, 8).Select(r => $"{key}-00000000{r}.json")],
            Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Write_EndOfAJourney_ForgetsOldOnesOfItsFolder()
    {
        var time = new SetTime();
        await using var store = new ObjectJourneyStore(new LocalStore(_folder), time);
        string[] keys = ["ab1", "ab2", "ab3", "cd1"];
        foreach (string key in keys)
        {
            JourneyStatus status = key == "ab2" ? JourneyStatus.InProgress : JourneyStatus.Completed;
            await store.TryWriteAsync(NewRecord(key) with { Status = status, CompletedAt = time.Now }, CancellationToken.None);
        }
        time.Now += ObjectJourneyStore.Kept + TimeSpan.FromDays(1);
        await store.TryWriteAsync(
            NewRecord("ab3") with
            {
                Status = JourneyStatus.Completed,
                CompletedAt = time.Now,
                Revision = 2,
            },
            CancellationToken.None
        );
        var left = new List<string>();
        await foreach (JourneyRecord record in store.ListAsync(CancellationToken.None))
        {
            left.Add(record.Key);
        }
        Assert.Equal(["ab2", "ab3", "cd1"], left.Order(StringComparer.Ordinal));
    }

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
