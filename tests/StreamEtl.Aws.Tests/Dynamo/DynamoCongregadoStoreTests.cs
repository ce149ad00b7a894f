using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Amazon.DynamoDBv2.Model;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.Congregados;
using StreamEtl.Connectors.Dynamo;
using StreamEtl.Errors;
using StreamEtl.Tests.Congregados;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.Dynamo;

/// <summary>Congregados in DynamoDB: the suite of all stores over a real server, its limit of an item, items of other programs, and R9's faults.</summary>
public sealed class DynamoCongregadoStoreTests(ITestOutputHelper output) : CongregadoStoreConformance
{
    private const string Name = "dynamodb://congregado_data?create=true";

    private static int Runs =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_DYNAMO_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 50;

    protected override ICongregadoStore Open() => Open(null);

    /// <summary>Rows of every shape, more than an item holds: the server, which enforces the limit, takes what is kept, and little more would have fitted.</summary>
    [Theory]
    [InlineData("""{"id":#}""")]
    [InlineData("""{"a":"0123456789","b":null,"c":true,"d":1.5,"e":-123456.789,"f":1E-07,"g":"#"}""")]
    [InlineData("""{"text":"çççççççççççççççççççççççççççççç\n\"","wide":12345678901234567890123456789012345678,"n":#}""")]
    public async Task Store_MoreThanAnItemHolds_IsCutAndTaken(string row)
    {
        await using ICongregadoStore store = Open();
        foreach (int repeated in new[] { 1, 60 })
        {
            // The columns again and again under other names, so that 1,000 rows are too much.
            string wide = string.Join(',', Enumerable.Range(0, repeated).Select(n => row[1..^1].Replace("\":", $"{n}\":")));
            string[] rows =
            [
                .. Enumerable.Range(0, 1200).Select(n => $"{{{wide}}}".Replace("#", n.ToString(CultureInfo.InvariantCulture))),
            ];
            Congregado content = NewContent(NewDatabase(), 1200, "t", rows);
            Assert.False((await StoreAsync(store, content)).Returned);
            JsonElement item = (await store.FindAsync(content.Id, CancellationToken.None))!.Item;
            Assert.Equal(content.SampleCount, item.GetProperty("sample_data").GetArrayLength());
            output.WriteLine($"{repeated} times: {content.SampleCount} rows kept");
            Assert.True(content.SampleCount == 1000 || DynamoSize.OfItem(item) > 350 << 10);
        }
    }

    /// <summary>What the Python processors have written has no write_id, and maybe less; it is replaced on what it has.</summary>
    [Theory]
    [InlineData("2024-01-19T10:00:00")]
    [InlineData(null)]
    public async Task Store_OverAnItemOfAnotherProgram_ReplacesIt(string? updated)
    {
        string database = NewDatabase();
        string id = Congregado.IdOf(database, "t");
        await using (
            var table = new DynamoTable(DynamoName.Parse(Name, ""), "id", DynamoServer.Instance.Variables(), TimeSpan.FromSeconds(9))
        )
        {
            var item = new Dictionary<string, AttributeValue>
            {
                ["id"] = new() { S = id },
                ["created_at"] = new() { S = "2023-01-01" },
                ["idempotency_key"] = new() { S = "old" },
            };
            if (updated is not null)
            {
                item["updated_at"] = new AttributeValue { S = updated };
            }
            Assert.True(await table.TryPutAsync(item, "attribute_not_exists(#i)", new() { ["#i"] = "id" }, [], CancellationToken.None));
        }
        await using ICongregadoStore store = Open();
        using var client = new Amazon.DynamoDBv2.AmazonDynamoDBClient(
            new Amazon.DynamoDBv2.AmazonDynamoDBConfig { ServiceURL = DynamoServer.Instance.Endpoint }
        );
        await client.UpdateItemAsync(
            new UpdateItemRequest
            {
                TableName = "congregado_data",
                Key = new() { ["id"] = new AttributeValue { S = id } },
                UpdateExpression = "REMOVE write_id",
            }
        );
        StoredCongregado seen = (await store.FindAsync(id, CancellationToken.None))!;
        CongregadoOutcome outcome = await StoreAsync(store, NewContent(database));
        Assert.Equal((false, "2023-01-01"), (outcome.Returned, outcome.Item.GetProperty("created_at").GetString()));
        Assert.False(await store.TryReplaceAsync(id, outcome.Item, seen, CancellationToken.None));
    }

    [Fact]
    public async Task Check_NoTable_SaysHowToMakeIt()
    {
        await using ICongregadoStore store = CongregadoStores.Open("dynamodb://missing_too", DynamoServer.Instance.Variables());
        var error = await Assert.ThrowsAsync<StreamEtlException>(() =>
            CongregadoRecorder.CheckAsync(store, "d", "t", CancellationToken.None)
        );
        Assert.Equal(ErrorKind.InputNotFound, error.Kind);
        Assert.Contains("?create=true", error.Hint, StringComparison.Ordinal);
    }

    /// <summary>Four at once, each storing until it succeeds: every content is there in the end, and storing it again changes nothing.</summary>
    [Fact]
    public async Task Items_UnderFaults_AreStoredOnce()
    {
        double[] shares = [0.01, 0.05, 0.2, 0.5];
        int typed = 0;
        int requests = 0;
        int faults = 0;
        for (int group = 0; group < shares.Length; group++)
        {
            using var proxy = new DynamoProxy(seed: 800 + group, shares[group]);
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Runs / shares.Length),
                new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (_, _) =>
                {
                    string database = NewDatabase();
                    var log = new ConcurrentBag<CongregadoWrite>();
                    for (int day = 1; day <= 3; day++)
                    {
                        await StoreUntilDoneAsync(proxy.Endpoint, NewContent(database, day), log);
                    }
                    await using ICongregadoStore plain = Open();
                    Assert.Equal(3, log.Count);
                    WatchedCongregadoStore.RequireChain(log, (await plain.FindAsync(Congregado.IdOf(database, "t"), default))!);
                    Assert.True((await StoreAsync(plain, NewContent(database, 3))).Returned);
                }
            );
            requests += proxy.Requests;
            faults += proxy.Faults.Sum();
        }
        output.WriteLine($"{Runs / 4 * 4} items, {requests} requests, {faults} faults, {typed} typed errors");
        Assert.True(faults > Runs / 4);

        async Task StoreUntilDoneAsync(string endpoint, Congregado content, ConcurrentBag<CongregadoWrite> log)
        {
            for (int run = 0; ; run++)
            {
                Assert.True(run < 20, "it is never stored");
                await using var store = new WatchedCongregadoStore(Open(endpoint), log);
                try
                {
                    CongregadoOutcome outcome = await StoreAsync(store, content);
                    if (outcome.Returned)
                    {
                        // The write before, whose outcome was not known, had been done.
                        int day = content.ToItem(null, default).GetProperty("record_count").GetInt32();
                        log.Add(new CongregadoWrite(null, day == 1 ? null : NewContent(content.Database, day - 1).Key, content.Key));
                    }
                    return;
                }
                catch (StreamEtlException e) when (e.Kind == ErrorKind.Unavailable)
                {
                    Interlocked.Increment(ref typed);
                }
            }
        }
    }

    /// <summary>Twenty writers at once, each with another content, through the faults: each write is over one that was seen, and no two over the same.</summary>
    [Fact]
    public async Task Writers_RacingUnderFaults_FollowOneAnother()
    {
        const int Writers = 20;
        int rounds = Math.Max(4, Runs * 50 / 500);
        using var proxy = new DynamoProxy(seed: 19, share: 0.15);
        int unknown = 0;
        for (int round = 0; round < rounds; round++)
        {
            string database = NewDatabase();
            var log = new ConcurrentBag<CongregadoWrite>();
            bool[] done = await Task.WhenAll(Enumerable.Range(1, Writers).Select(writer => TryAsync(database, writer, log)));
            await using ICongregadoStore plain = Open();
            StoredCongregado there = (await plain.FindAsync(Congregado.IdOf(database, "t"), default))!;
            int gaveUp = done.Count(d => !d);
            unknown += gaveUp;
            Assert.Equal(Writers - gaveUp, log.Count);
            // A content may come twice (written, the answer lost, written over, written again), a version never.
            Assert.Equal(log.Count, log.Select(w => w.SeenVersion).Distinct().Count());
            Assert.True(gaveUp > 0 || log.Any(w => w.Written == there.Text("idempotency_key")));
        }
        output.WriteLine(
            $"{rounds} rounds of {Writers} writers; {proxy.Requests} requests, {proxy.Faults.Sum()} faults, {unknown} gave up"
        );

        async Task<bool> TryAsync(string database, int writer, ConcurrentBag<CongregadoWrite> log)
        {
            await using var store = new WatchedCongregadoStore(Open(proxy.Endpoint), log);
            try
            {
                return !(await StoreAsync(store, NewContent(database, writer))).Returned;
            }
            catch (StreamEtlException e) when (e.Kind == ErrorKind.Unavailable)
            {
                return false;
            }
        }
    }

    private static ICongregadoStore Open(string? endpoint) => CongregadoStores.Open(Name, DynamoServer.Instance.Variables(endpoint));
}
