using System.Text.Json;
using StreamEtl.Connectors.Journeys;

namespace StreamEtl.Tests.Journeys;

/// <summary>What every store of journeys must do. One subclass for each store, in the project that can run it.</summary>
public abstract class JourneyStoreConformance
{
    /// <summary>A store over the one place of this test; every call gives another client of it, as another process would have.</summary>
    protected abstract IJourneyStore Open();

    /// <summary>A key that no other test uses.</summary>
    protected static string NewKey() => JourneyKey.Of("test", JsonElement.Parse($$"""{"n":"{{Guid.NewGuid()}}"}"""));

    protected static JourneyRecord NewRecord(string key) =>
        new()
        {
            Key = key,
            Job = "test",
            Parameters = JsonElement.Parse("""{"a":[1,"x",null,true,0.25],"é":{"":""}}"""),
            Revision = 1,
        };

    [Fact]
    public async Task Find_NoRecord_IsNull()
    {
        await using IJourneyStore store = Open();
        Assert.Null(await store.FindAsync(NewKey(), CancellationToken.None));
    }

    [Fact]
    public async Task Write_EveryField_IsReadBack()
    {
        await using IJourneyStore store = Open();
        var at = new DateTimeOffset(2024, 2, 29, 23, 59, 58, 123, TimeSpan.Zero);
        string key = NewKey();
        JourneyRecord first = NewRecord(key);
        Assert.True(await store.TryWriteAsync(first, CancellationToken.None));
        JourneyRecord full = first with
        {
            Status = JourneyStatus.InProgress,
            Step = "write",
            StartedAt = at,
            CompletedAt = at.AddSeconds(1),
            RetryCount = 7,
            Command = ["consolidate", "a b", "", "ç"],
            Folder = "/tmp",
            Steps =
            [
                new JourneyStep("locate", at, JsonElement.Parse("""{"location":"s3://b/p/"}""")),
                new JourneyStep("empty", at, JsonElement.Parse("{}")),
            ],
            Result = JsonElement.Parse("""{"rows":9007199254740993,"share":0.1,"none":null,"list":[],"text":"a\"b\\c\n"}"""),
            Error = "first line\nsecond",
            Owner = "host-1:2:3:4",
            Lease = at.AddMinutes(1),
            Fence = long.MaxValue,
            Revision = 2,
        };
        Assert.True(await store.TryWriteAsync(full, CancellationToken.None));
        await using IJourneyStore other = Open();
        Assert.Equal(Text(full), Text((await other.FindAsync(key, CancellationToken.None))!));
    }

    [Fact]
    public async Task Write_WhatIsGone_IsGone()
    {
        await using IJourneyStore store = Open();
        string key = NewKey();
        JourneyRecord first = NewRecord(key) with
        {
            Owner = "o",
            Lease = DateTimeOffset.UnixEpoch,
            Error = "e",
            Result = JsonElement.Parse("{}"),
        };
        Assert.True(await store.TryWriteAsync(first, CancellationToken.None));
        Assert.True(await store.TryWriteAsync(NewRecord(key) with { Revision = 2 }, CancellationToken.None));
        JourneyRecord found = (await store.FindAsync(key, CancellationToken.None))!;
        Assert.Equal((null, null, null, null), (found.Owner, found.Lease, found.Error, found.Result));
    }

    [Fact]
    public async Task Write_NotOverTheRevisionBefore_IsRefusedAndLeavesNoTrace()
    {
        await using IJourneyStore store = Open();
        string key = NewKey();
        Assert.False(await store.TryWriteAsync(NewRecord(key) with { Revision = 2 }, CancellationToken.None));
        Assert.Null(await store.FindAsync(key, CancellationToken.None));
        for (int revision = 1; revision <= 5; revision++)
        {
            Assert.True(
                await store.TryWriteAsync(NewRecord(key) with { Revision = revision, Step = $"s{revision}" }, CancellationToken.None)
            );
        }
        for (int late = 1; late <= 5; late++)
        {
            Assert.False(await store.TryWriteAsync(NewRecord(key) with { Revision = late, Step = "late" }, CancellationToken.None));
            Assert.True(await Holds(store, key, "s5"));
        }
        Assert.True(await store.TryWriteAsync(NewRecord(key) with { Revision = 6, Step = "s6" }, CancellationToken.None));
        Assert.True(await Holds(store, key, "s6"));
    }

    [Fact]
    public async Task Write_ManyAtOnce_ExactlyOneWins()
    {
        await using IJourneyStore first = Open();
        string key = NewKey();
        for (int revision = 1; revision <= 10; revision++)
        {
            IJourneyStore[] stores = [.. Enumerable.Range(0, 8).Select(_ => Open())];
            JourneyRecord[] records = [.. stores.Select((_, i) => NewRecord(key) with { Revision = revision, Owner = $"o{i}" })];
            bool[] won = await Task.WhenAll(
                stores.Select((s, i) => Task.Run(async () => await s.TryWriteAsync(records[i], CancellationToken.None)))
            );
            string winner = Assert.Single(records.Where((_, i) => won[i])).Owner!;
            Assert.Equal(
                (winner, (long)revision),
                (await first.FindAsync(key, CancellationToken.None)) is { } r ? (r.Owner!, r.Revision) : default
            );
            foreach (IJourneyStore store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task List_ManyRecords_GivesTheNewestOfEach()
    {
        await using IJourneyStore store = Open();
        string[] keys = [.. Enumerable.Range(0, 25).Select(_ => NewKey())];
        foreach (string key in keys)
        {
            Assert.True(await store.TryWriteAsync(NewRecord(key), CancellationToken.None));
            Assert.True(await store.TryWriteAsync(NewRecord(key) with { Revision = 2, Step = "two" }, CancellationToken.None));
        }
        var found = new List<JourneyRecord>();
        await foreach (JourneyRecord record in store.ListAsync(CancellationToken.None))
        {
            found.Add(record);
        }
        Assert.Equal(keys.Order(StringComparer.Ordinal), found.Select(r => r.Key).Intersect(keys).Order(StringComparer.Ordinal));
        Assert.All(found.Where(r => keys.Contains(r.Key)), r => Assert.Equal("two", r.Step));
    }

    /// <summary>The protocol over this store: six runners at once, half of which die on the way; the work is done, and by one at a time.</summary>
    [Fact]
    public async Task Runners_AtOnceAndDying_DoTheWorkOnceEach()
    {
        for (int round = 0; round < 5; round++)
        {
            string number = Guid.NewGuid().ToString();
            int working = 0;
            int done = 0;
            // Longer than anything may be kept from a core: a lease that ran out would be taken over, and rightly so.
            var rules = new JourneyRules { Lease = TimeSpan.FromSeconds(30) };
            Task[] runs = [.. Enumerable.Range(0, 6).Select(RunAsync)];
            await Task.WhenAll(runs);
            Assert.Equal(1, done);

            async Task RunAsync(int runner)
            {
                await using IJourneyStore store = Open();
                await new JourneyRunner(store, rules, TimeProvider.System).RunAsync(
                    Request(number),
                    async (lease, token) =>
                    {
                        Assert.Equal(1, Interlocked.Increment(ref working));
                        await lease.StepAsync("one", _ => Task.FromResult(JsonElement.Parse("1")), token);
                        await Task.Delay(5, token);
                        Interlocked.Decrement(ref working);
                        Interlocked.Increment(ref done);
                        return JsonElement.Parse($$"""{"by":{{runner}}}""");
                    },
                    CancellationToken.None
                );
            }
        }
    }

    protected static JourneyRequest Request(string number) =>
        new()
        {
            Job = "test",
            FirstStep = "one",
            Parameters = JsonElement.Parse($$"""{"n":"{{number}}"}"""),
            StillHolds = (_, _) => ValueTask.FromResult(true),
        };

    private static async Task<bool> Holds(IJourneyStore store, string key, string step) =>
        (await store.FindAsync(key, CancellationToken.None))?.Step == step;

    private static string Text(JourneyRecord record) =>
        System.Text.Encoding.UTF8.GetString(JourneyKey.Canonical(JsonElement.Parse(JourneyJson.Write(record))));
}
