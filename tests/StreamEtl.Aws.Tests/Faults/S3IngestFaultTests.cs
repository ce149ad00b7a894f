using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Errors;
using StreamEtl.Tests.Tables;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.Faults;

/// <summary>R6 for tables: snapshots ingested into a bucket while a share of all requests fails. The table is at a snapshot, always, and a run that says so has reached the new one.</summary>
public sealed class S3IngestFaultTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Fault[] Faults =
    [
        .. Enum.GetValues<Fault>().Where(f => f is not (Fault.None or Fault.Stall or Fault.StallAfter)),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-s3-ingest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(5)]
    [InlineData(30)]
    public async Task Ingest_OfWhichRequestsFail_IsAtASnapshot(int percent)
    {
        var random = new Random(percent);
        await using var proxy = new FaultProxy(
            S3Server.Instance.Port,
            _ => random.Next(100) < percent ? Faults[random.Next(Faults.Length)] : Fault.None
        );
        int failed = 0;
        int done = 0;
        for (int life = 0; life < 3; life++)
        {
            string root = S3Server.NewRoot();
            S3Store behind = S3Server.Instance.Store(root);
            int seed = (percent * 100) + life;
            TableHistory history =
                life % 2 == 1 ? TableHistory.Incremental(_folder, seed, steps: 4) : new TableHistory(_folder, seed, steps: 4);
            for (int step = 0; step < history.Paths.Count; step++)
            {
                bool ended = false;
                for (int attempt = 0; !ended && attempt < 8; attempt++)
                {
                    // Fewer tries than by default, so that runs do fail.
                    var hurried = new S3Options { Attempts = 2, FirstPause = TimeSpan.FromMilliseconds(1) };
                    ended = await IngestAsync(S3Server.Instance.Store(root, hurried, proxy.Endpoint), history, step);
                    failed += ended ? 0 : 1;
                    done += ended ? 1 : 0;
                    int state = history.Find((await TableReadBack.NewestAsync(behind, "t")).Rows);
                    Assert.True(state == step || (!ended && state == step - 1), $"life {life}, step {step}: the table is snapshot {state}");
                }
                Assert.True(ended || await IngestAsync(behind, history, step));
            }
            // One run without faults, and nothing is left over.
            Assert.True(await IngestAsync(behind, history, history.Paths.Count - 1));
            await TableLeftovers.RequireNoneAsync(behind, "t");
        }
        output.WriteLine($"{percent} %: {proxy.Requests} requests, {done} runs done, {failed} ended in a typed error");
    }

    private async Task<bool> IngestAsync(S3Store store, TableHistory history, int step)
    {
        try
        {
            await IngestRun.RunAsync(history.Options(store, step, _folder));
            return true;
        }
        catch (StreamEtlException e)
        {
            Assert.True(e.Kind is ErrorKind.Unavailable or ErrorKind.OutcomeUnknown, e.ToString());
            return false;
        }
    }
}
