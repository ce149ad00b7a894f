using System.Collections.Concurrent;
using System.Globalization;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Errors;
using StreamEtl.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.Faults;

/// <summary>
/// R6, R7, R8: a share of all requests fails in every way that they can, between the store and a real server. What a call has answered must then be so, seen past the proxy:
/// true, and the object is there, whole; false or an error, and it is not; only an outcome that the store calls unknown may be either. STREAMETL_S3_FAULT_RUNS sets how many runs.
/// </summary>
public sealed class S3FaultTests(ITestOutputHelper output)
{
    private const int AtOnce = 4;

    /// <summary>Stalls take time and teach no more than the others.</summary>
    private static readonly Fault[] Faults =
    [
        .. Enum.GetValues<Fault>()[1..].SelectMany(f => Enumerable.Repeat(f, f is Fault.Stall or Fault.StallAfter ? 1 : 5)),
    ];

    private static readonly S3Options Hurried = new()
    {
        PartBytes = 5 << 20,
        Patience = TimeSpan.FromMilliseconds(1000),
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(20),
        AbandonedAfter = TimeSpan.Zero,
    };

    private readonly SortedDictionary<string, int> _outcomes = new(StringComparer.Ordinal);

    private static int Runs =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_S3_FAULT_RUNS"), CultureInfo.InvariantCulture, out int runs) ? runs : 48;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(50)]
    public async Task Requests_OfWhichAShareFails_EndRightOrInATypedError(int percent)
    {
        var random = new Random(percent);
        await using var proxy = new FaultProxy(
            S3Server.Instance.Port,
            _ => random.Next(100) < percent ? Faults[random.Next(Faults.Length)] : Fault.None
        )
        {
            StallFor = TimeSpan.FromMilliseconds(1300),
        };
        int runs = (Runs + 3) / 4;
        await Parallel.ForAsync(
            0,
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (run, _) => await RunAsync(proxy, seed: (percent * 10_000) + run)
        );
        Tell($"{percent} % of requests", proxy, runs);
        // Eight steps of at most five requests, each tried so often.
        Assert.True(proxy.Requests <= runs * 8 * 5 * Hurried.Attempts, "retries are not bounded");
    }

    [Theory]
    [InlineData("put")]
    [InlineData("complete")]
    public async Task Answer_OfACommit_Lost_IsFoundOut(string what)
    {
        var random = new Random(what.Length);
        var left = new ConcurrentDictionary<string, int>();
        await using var proxy = new FaultProxy(
            S3Server.Instance.Port,
            line =>
                (what == "put" ? line.StartsWith("PUT ", StringComparison.Ordinal) : IsCompletion(line))
                && left.AddOrUpdate(NameIn(line), -1, (_, n) => n - 1) >= 0
                    ? (Fault)random.Next((int)Fault.LostAnswer, (int)Fault.Truncated)
                    : Fault.None
        )
        {
            StallFor = TimeSpan.FromMilliseconds(1300),
        };
        string root = S3Server.NewRoot();
        S3Store behind = S3Server.Instance.Store(root);
        S3Store store = S3Server.Instance.Store(root, Hurried, proxy.Endpoint);
        int runs = Math.Max(10, Runs * 2 / 5 / (what == "put" ? 1 : 4));
        await Parallel.ForAsync(
            0,
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (run, _) => await LoseAsync(store, behind, left, run, what == "put" ? 1000 : 6 << 20)
        );
        // Only where the server was too slow for our patience when an upload was begun.
        await CleanAsync(root);
        Tell($"lost answers of {what}", proxy, runs);
    }

    private static async Task LoseAsync(S3Store store, S3Store behind, ConcurrentDictionary<string, int> left, int run, int length)
    {
        var random = new Random(run);
        string key = $"{run}";
        // Sometimes all answers are lost, so that only a look tells.
        left[key] = random.Next(4) == 0 ? Hurried.Attempts : random.Next(1, 3);
        byte[] content = NewContent(random, length);
        WriteCondition condition = random.Next(3) == 0 ? WriteCondition.Replace : WriteCondition.IfAbsent;
        Assert.True(await store.WriteWholeAsync(key, content, condition, default), $"run {run}: the object is ours");
        Assert.True(Same(content, await behind.ReadWholeAsync(key, content.Length, default)), $"run {run}: another content");
        // And who comes second is told so, however often its own answer is lost.
        left[key] = random.Next(1, Hurried.Attempts + 1);
        Assert.False(await store.WriteWholeAsync(key, NewContent(random, 1000), WriteCondition.IfAbsent, default));
    }

    /// <summary>Ends what is left of uploads; a request that nobody waits for any more may still be on its way to a slow server.</summary>
    private static async Task CleanAsync(string root)
    {
        S3Store behind = S3Server.Instance.Store(root, Hurried with { AbandonedAfter = TimeSpan.FromSeconds(-60) });
        for (int i = 0; (await S3Server.Instance.UploadsAsync(root)).Count > 0; i++)
        {
            Assert.True(i < 50, "uploads that cannot be ended");
            await behind.CleanAsync("", default);
            await Task.Delay(100);
        }
    }

    private static string NameIn(string line) => line.Split(' ')[1].Split('?')[0].Split('/')[^1];

    [Fact]
    public async Task Object_ReplacedWhileItIsRead_IsAnErrorAndNoMixture()
    {
        string root = S3Server.NewRoot();
        S3Store store = S3Server.Instance.Store(root);
        await store.WriteWholeAsync("x", new byte[3 << 20], WriteCondition.Replace, default);
        await using IRangeReader reader = await store.OpenReadAsync("x", tag: null, default);
        byte[] part = new byte[1 << 20];
        Assert.Equal(part.Length, await reader.ReadAtAsync(0, part, default));
        byte[] other = new byte[3 << 20];
        other.AsSpan().Fill(1);
        await S3Server.Instance.Store(root).WriteWholeAsync("x", other, WriteCondition.Replace, default);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () => await reader.ReadAtAsync(1 << 20, part, default));
        Assert.Equal(ErrorKind.Replaced, e.Kind);
    }

    [Fact]
    public async Task Proxy_ThatAnswersWrongly_IsNoticed()
    {
        // The campaign can fail: a client that believes the first answer does.
        await using var proxy = new FaultProxy(S3Server.Instance.Port, _ => Fault.LostAnswer);
        S3Store store = S3Server.Instance.Store(S3Server.NewRoot(), Hurried with { Attempts = 1 }, proxy.Endpoint);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            await store.WriteWholeAsync("x", new byte[1], WriteCondition.IfAbsent, default)
        );
        Assert.Equal(ErrorKind.OutcomeUnknown, e.Kind);
    }

    private static bool IsCompletion(string line) =>
        line.StartsWith("POST ", StringComparison.Ordinal) && line.Contains("uploadId=", StringComparison.Ordinal);

    private async Task RunAsync(FaultProxy proxy, int seed)
    {
        var random = new Random(seed);
        string root = S3Server.NewRoot();
        S3Store behind = S3Server.Instance.Store(root, Hurried);
        S3Store store = S3Server.Instance.Store(root, Hurried, proxy.Endpoint);
        var expected = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (int step = 0; step < 8; step++)
        {
            string key = $"k/{random.Next(4)}";
            string at = $"seed {seed}, step {step}, {key}";
            switch (random.Next(6))
            {
                case 0:
                    await TryAsync("delete", async () => await store.DeleteAsync(key, default));
                    byte[]? left = await behind.ReadWholeAsync(key, 1 << 25, default);
                    Assert.True(left is null || Same(left, expected.GetValueOrDefault(key)), at);
                    SetOrRemove(expected, key, left);
                    break;
                case 1:
                    byte[]? read = null;
                    if (await TryAsync("read", async () => read = await store.ReadWholeAsync(key, 1 << 25, default)) is null)
                    {
                        Assert.True(Same(read, expected.GetValueOrDefault(key)), $"{at}: read something else");
                    }
                    break;
                case 2:
                    List<ObjectInfo> listed = [];
                    if (await TryAsync("list", async () => listed = await store.ListAsync("k/", default).ToListAsync()) is null)
                    {
                        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), listed.Select(o => o.Key));
                    }
                    break;
                default:
                    await WriteAsync(store, behind, expected, random, key, at);
                    break;
            }
        }
        // R8: what failed runs have left is listed, and cleaning removes it and nothing else.
        await CleanAsync(root);
        foreach ((string key, byte[] content) in expected)
        {
            Assert.True(Same(content, await behind.ReadWholeAsync(key, 1 << 25, default)), $"seed {seed}: {key} is gone or another");
        }
    }

    private async Task WriteAsync(S3Store store, S3Store behind, Dictionary<string, byte[]> expected, Random random, string key, string at)
    {
        byte[] content = NewContent(random, random.Next(5) == 0 ? (5 << 20) + random.Next(6 << 20) : random.Next(10_000));
        WriteCondition condition = random.Next(3) == 0 ? WriteCondition.Replace : WriteCondition.IfAbsent;
        bool? done = null;
        ErrorKind? error = await TryAsync("write", async () => done = await store.WriteWholeAsync(key, content, condition, default));
        byte[]? before = expected.GetValueOrDefault(key);
        byte[]? after = await behind.ReadWholeAsync(key, 1 << 25, default);
        bool right =
            done == true ? Same(after, content)
            : error == ErrorKind.OutcomeUnknown ? Same(after, content) || Same(after, before)
            : Same(after, before);
        Assert.True(right, $"{at}: {condition} answered {done} {error}, which is not what is there");
        Assert.True(done != false || (before is not null && condition == WriteCondition.IfAbsent), $"{at}: refused for nothing");
        Assert.True(done != true || before is null || condition == WriteCondition.Replace, $"{at}: an object was replaced");
        SetOrRemove(expected, key, after);
    }

    private async Task<ErrorKind?> TryAsync(string what, Func<Task> action)
    {
        ErrorKind? kind = null;
        try
        {
            await action();
        }
        catch (StreamEtlException e)
        {
            kind = e.Kind;
            Assert.True(e.Kind is ErrorKind.Unavailable or ErrorKind.OutcomeUnknown, $"{what}: {e}");
        }
        string outcome = kind is null ? $"{what} done" : $"{what} {kind}";
        lock (_outcomes)
        {
            _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        }
        return kind;
    }

    private static void SetOrRemove(Dictionary<string, byte[]> expected, string key, byte[]? content)
    {
        if (content is null)
        {
            expected.Remove(key);
        }
        else
        {
            expected[key] = content;
        }
    }

    private static bool Same(byte[]? left, byte[]? right) =>
        left is null ? right is null : right is not null && left.AsSpan().SequenceEqual(right);

    private static byte[] NewContent(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private void Tell(string what, FaultProxy proxy, int runs)
    {
        string faults = string.Join(
            ", ",
            proxy.Counts.Where(c => c.Key != Fault.None).OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}")
        );
        output.WriteLine(
            $"{what}: {runs} runs, {proxy.Requests} requests, {proxy.Requests - proxy.Counts.GetValueOrDefault(Fault.None)} hurt: {faults}"
        );
        output.WriteLine(string.Join(", ", _outcomes.Select(o => $"{o.Key} {o.Value}")));
    }
}
