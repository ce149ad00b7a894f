using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Storage;

namespace StreamEtl.Tests.Tables;

/// <summary>Ingests into a table <c>t</c> of a store, in this process.</summary>
internal static class IngestRun
{
    public static IngestOptions Options(IObjectStore store, string input, string folder) =>
        new()
        {
            Inputs = [input],
            Table = "t",
            Into = "unused",
            Store = store,
            Key = ["id"],
            Output = "t",
            MaxDeletePercent = 100,
            AllowEmpty = true,
            AllowTruncated = true,
            MemoryBytes = 128 << 20,
            TempDirectory = folder,
            Threads = 2,
        };

    public static async Task<RunReport> RunAsync(IngestOptions options)
    {
        var report = new RunReport { Verb = "ingest" };
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        return report;
    }
}
