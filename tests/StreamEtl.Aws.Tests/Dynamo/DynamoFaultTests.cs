using System.Globalization;
using System.Text.Json;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.Journeys;
using StreamEtl.Errors;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.Dynamo;

/// <summary>R9: journeys while requests are throttled, refused, cut off, or done and their answers lost. STREAMETL_DYNAMO_RUNS sets how many (500 by hand).</summary>
public sealed class DynamoFaultTests(ITestOutputHelper output)
{
    private const string Name = "dynamodb://journey_control?create=true";

    private static int Runs =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_DYNAMO_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 50;

    /// <summary>Journeys of three steps, four at once: whatever fails, each is completed in the end, and no step that is on record as done is done twice.</summary>
    [Fact]
    public async Task Journeys_UnderFaults_AreDoneOnce()
    {
        double[] shares = [0.01, 0.05, 0.2, 0.5];
        int ended = 0;
        int typed = 0;
        int requests = 0;
        int[] faults = new int[4];
        for (int group = 0; group < shares.Length; group++)
        {
            using var proxy = new DynamoProxy(seed: 700 + group, shares[group]);
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Runs / shares.Length),
                new ParallelOptions { MaxDegreeOfParallelism = 4 },
                async (_, _) => await RunAsync(proxy.Endpoint)
            );
            requests += proxy.Requests;
            output.WriteLine(
                $"{shares[group]:P0}: {proxy.Requests} requests, {string.Join(" ", proxy.Faults)} throttled, broken, cut off, answer lost"
            );
            for (int i = 0; i < faults.Length; i++)
            {
                faults[i] += proxy.Faults[i];
            }
        }
        output.WriteLine(
            $"{ended} journeys completed, {typed} runs ended with a typed error first; {requests} requests, {faults.Sum()} faults"
        );
        Assert.True(faults.Sum() > Runs / 2);
        Assert.Equal(Runs / shares.Length * shares.Length, ended);

        async Task RunAsync(string endpoint)
        {
            string number = Guid.NewGuid().ToString();
            var done = new Dictionary<string, int>();
            for (int run = 0; ; run++)
            {
                Assert.True(run < 20, "no run of the journey ends well");
                await using IJourneyStore store = JourneyStores.Open(Name, DynamoServer.Instance.Variables(endpoint), TimeProvider.System);
                var rules = new JourneyRules { Pause = TimeSpan.FromMilliseconds(5), Lease = TimeSpan.FromSeconds(2) };
                try
                {
                    JourneyOutcome outcome = await new JourneyRunner(store, rules, TimeProvider.System).RunAsync(
                        Request(number),
                        (lease, token) => WorkAsync(lease, done, token),
                        CancellationToken.None
                    );
                    Assert.Equal("[1,2,3]", outcome.Result.GetProperty("steps").GetRawText());
                    break;
                }
                // Past its lease without an answer, a journey may be another's.
                catch (StreamEtlException e) when (e.Kind is ErrorKind.Unavailable or ErrorKind.JourneyLost)
                {
                    Interlocked.Increment(ref typed);
                }
            }
            await using IJourneyStore plain = JourneyStores.Open(Name, DynamoServer.Instance.Variables(), TimeProvider.System);
            JourneyRecord record = (await plain.FindAsync(Request(number).Key, CancellationToken.None))!;
            Assert.Equal((JourneyStatus.Completed, 3), (record.Status, record.Steps.Count));
            // A step is done again only when the record could not be told that it was done: once for each time that work began again.
            Assert.All(done.Values, times => Assert.InRange(times, 1, record.RetryCount + 1));
            Interlocked.Increment(ref ended);
        }
    }

    /// <summary>Twenty writers at once of one revision of one record, through the faults: one wins, and it is the one that is there.</summary>
    [Fact]
    public async Task Writers_RacingUnderFaults_HaveOneWinner()
    {
        const int Writers = 20;
        int rounds = Math.Max(20, Runs * 200 / 500);
        using var proxy = new DynamoProxy(seed: 9, share: 0.15);
        IJourneyStore[] stores =
        [
            .. Enumerable
                .Range(0, Writers)
                .Select(_ => JourneyStores.Open(Name, DynamoServer.Instance.Variables(proxy.Endpoint), TimeProvider.System)),
        ];
        string key = JourneyKey.Of("race", JsonElement.Parse($$"""{"n":"{{Guid.NewGuid()}}"}"""));
        int unknown = 0;
        for (int revision = 1; revision <= rounds; revision++)
        {
            bool?[] won = await Task.WhenAll(stores.Select((store, i) => TryAsync(store, i)));
            await using IJourneyStore plain = JourneyStores.Open(Name, DynamoServer.Instance.Variables(), TimeProvider.System);
            JourneyRecord there = (await plain.FindAsync(key, CancellationToken.None))!;
            Assert.Equal(revision, there.Revision);
            int winner = int.Parse(there.Owner!, CultureInfo.InvariantCulture);
            Assert.NotEqual(false, won[winner]);
            Assert.All(Enumerable.Range(0, Writers).Where(i => i != winner), i => Assert.NotEqual(true, won[i]));
            unknown += won.Count(w => w is null);

            async Task<bool?> TryAsync(IJourneyStore store, int writer)
            {
                var record = new JourneyRecord
                {
                    Key = key,
                    Job = "race",
                    Owner = $"{writer}",
                    Revision = revision,
                };
                try
                {
                    return await store.TryWriteAsync(record, CancellationToken.None);
                }
                catch (StreamEtlException e) when (e.Kind == ErrorKind.Unavailable)
                {
                    return null;
                }
            }
        }
        output.WriteLine(
            $"{rounds} rounds of {Writers} writers: one winner each; {proxy.Requests} requests, {proxy.Faults.Sum()} faults, {unknown} gave up"
        );
        foreach (IJourneyStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    /// <summary>A table that is not there is made on the way, and that goes through the same faults.</summary>
    [Fact]
    public async Task Table_MadeUnderFaults_IsThere()
    {
        using var proxy = new DynamoProxy(seed: 11, share: 0.3);
        for (int table = 0; table < 20; table++)
        {
            string name = $"dynamodb://made-{Guid.NewGuid():N}?create=true";
            await using IJourneyStore store = JourneyStores.Open(
                name,
                DynamoServer.Instance.Variables(proxy.Endpoint),
                TimeProvider.System
            );
            Assert.Null(await store.FindAsync("k", CancellationToken.None));
        }
        Assert.True(proxy.Faults.Sum() > 10);
    }

    private static async Task<JsonElement> WorkAsync(JourneyLease lease, Dictionary<string, int> done, CancellationToken token)
    {
        var results = new List<JsonElement>();
        foreach (string name in new[] { "1", "2", "3" })
        {
            results.Add(
                await lease.StepAsync(
                    name,
                    _ =>
                    {
                        done[name] = done.GetValueOrDefault(name) + 1;
                        return Task.FromResult(JsonElement.Parse(name));
                    },
                    token
                )
            );
        }
        return JsonElement.Parse($$"""{"steps":[{{string.Join(',', results)}}]}""");
    }

    private static JourneyRequest Request(string number) =>
        new()
        {
            Job = "fault",
            FirstStep = "1",
            Parameters = JsonElement.Parse($$"""{"n":"{{number}}"}"""),
            StillHolds = (_, _) => ValueTask.FromResult(true),
        };
}
