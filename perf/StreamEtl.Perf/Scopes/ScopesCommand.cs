using System.Diagnostics;
using System.Globalization;
using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;

namespace StreamEtl.Perf.Scopes;

/// <summary><c>scopes FILE [RUNS]</c>: runs every scope over the whole file, on one thread and on all, and writes the table to perf/results.</summary>
internal static class ScopesCommand
{
    private const int CopyBytes = 256 << 10;

    public static async Task<int> RunAsync(string[] args)
    {
        if (!TryRead(args, out string path, out int runs))
        {
            await Console.Error.WriteLineAsync("usage: StreamEtl.Perf scopes FILE [RUNS]");
            return 2;
        }
        int[] threads = [.. new[] { 1, Environment.ProcessorCount }.Distinct()];
        var table = new ScopeTable(path, threads, runs);
        // The first round warms up the compiler and the page cache.
        for (int round = 0; round <= runs; round++)
        {
            foreach (int width in round == 0 ? threads[^1..] : threads)
            {
                foreach (Scope scope in Enum.GetValues<Scope>())
                {
                    GC.Collect();
                    (TimeSpan elapsed, TimeSpan processor) = await MeasureAsync(scope, path, width);
                    await Console.Error.WriteLineAsync(
                        string.Create(CultureInfo.InvariantCulture, $"round {round}, {width} threads, {scope}: {elapsed.TotalSeconds:F3} s")
                    );
                    if (round > 0)
                    {
                        table.Add(scope, width, elapsed, processor);
                    }
                }
            }
        }
        string text = table.ToString();
        await Console.Out.WriteAsync(text);
        await File.WriteAllTextAsync(ResultFolder.Of($"scopes-{new FileInfo(path).Length / 1_000_000}MB.md"), text);
        return 0;
    }

    private static bool TryRead(string[] args, out string path, out int runs)
    {
        path = args.Length > 0 ? args[0] : "";
        runs = 3;
        return args.Length is 1 or 2
            && File.Exists(path)
            && (args.Length == 1 || int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out runs))
            && runs > 0;
    }

    private static async Task<(TimeSpan Elapsed, TimeSpan Processor)> MeasureAsync(Scope scope, string path, int threads)
    {
        if (scope == Scope.Memcpy)
        {
            return Copy(path, threads);
        }
        string output = Path.Combine(Path.GetTempPath(), $"scopes-{Environment.ProcessId}.parquet");
        var options = new ConvertOptions
        {
            Inputs = [path],
            Output = output,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2,
            TempDirectory = Path.GetTempPath(),
            Threads = threads,
        };
        var run = new RunContext(options, new RunReport { Verb = "scopes" }, null, CancellationToken.None);
        try
        {
            await using var job = new ScopeJob(run, options, scope);
            await job.ExecuteAsync();
            return (job.Elapsed, job.Processor);
        }
        finally
        {
            await run.Rejects.DisposeAsync();
            File.Delete(output);
        }
    }

    private static (TimeSpan Elapsed, TimeSpan Processor) Copy(string path, int threads)
    {
        using var process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        long started = Stopwatch.GetTimestamp();
        using var file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        long share = (length + threads - 1) / threads;
        Parallel.For(
            0,
            threads,
            thread =>
            {
                var buffer = new byte[CopyBytes];
                long end = Math.Min(share * (thread + 1), length);
                for (long at = share * thread; at < end; )
                {
                    at += RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)), at);
                }
            }
        );
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        process.Refresh();
        return (elapsed, process.TotalProcessorTime - before);
    }
}
