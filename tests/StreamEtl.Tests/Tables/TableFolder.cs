using StreamEtl.Diagnostics;
using StreamEtl.Pipeline;
using StreamEtl.Pipeline.Upkeep;

namespace StreamEtl.Tests.Tables;

/// <summary>A folder with tables, worked on by the engine as a user would.</summary>
internal sealed class TableFolder : IDisposable
{
    private const long Memory = 256_000_000;
    private int _files;

    public string Root { get; } = Directory.CreateTempSubdirectory("streametl-tables-").FullName;

    public string Lake => Path.Combine(Root, "lake");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>Ingests a CSV text.</summary>
    public async Task<RunReport> IngestAsync(string csv, IngestMode? mode = null, string table = "orders")
    {
        string path = Path.Combine(Root, $"in{_files++}.csv");
        await File.WriteAllTextAsync(path, csv);
        return await RunAsync(
            "ingest",
            new IngestOptions
            {
                Inputs = [path],
                Table = table,
                Into = Lake,
                Key = ["id"],
                Mode = mode,
                MaxDeletePercent = 100,
                Output = Lake,
                MemoryBytes = Memory,
                TempDirectory = Path.GetTempPath(),
                Threads = 2,
            }
        );
    }

    /// <summary>A version as CSV lines, without the header.</summary>
    public async Task<string[]> ReadAsync(string version, string table = "orders") =>
        (await ReadCsvAsync(version, table)).TrimEnd('\n').Split('\n')[1..];

    /// <summary>A version as a CSV text.</summary>
    public async Task<string> ReadCsvAsync(string version, string table = "orders")
    {
        string path = Path.Combine(Root, $"out{_files++}.csv");
        await RunAsync(
            "convert",
            new ConvertOptions
            {
                Inputs = [Path.Combine(Lake, $"{table}@{version}")],
                Output = path,
                MemoryBytes = Memory,
                TempDirectory = Path.GetTempPath(),
                Threads = 2,
            }
        );
        return await File.ReadAllTextAsync(path);
    }

    public Task<string> LogAsync() =>
        CareAsync(
            new TableLogOptions
            {
                Folder = Lake,
                Json = true,
                Output = "",
                MemoryBytes = Memory,
                TempDirectory = "",
                Threads = 2,
            }
        );

    public Task<string> FilesAsync(long? at = null) =>
        CareAsync(
            new TableFilesOptions
            {
                Folder = Lake,
                At = at,
                Json = true,
                Output = "",
                MemoryBytes = Memory,
                TempDirectory = "",
                Threads = 2,
            }
        );

    public Task<string> VerifyAsync() =>
        CareAsync(
            new TableVerifyOptions
            {
                Folder = Lake,
                Json = true,
                Output = "",
                MemoryBytes = Memory,
                TempDirectory = Path.GetTempPath(),
                Threads = 2,
            }
        );

    public Task<string> CompactAsync() =>
        CareAsync(
            new TableCompactOptions
            {
                Folder = Lake,
                Json = true,
                Output = "",
                MemoryBytes = Memory,
                TempDirectory = Path.GetTempPath(),
                Threads = 2,
            }
        );

    public Task<string> VacuumAsync(int keep, bool dryRun = false) =>
        CareAsync(
            new TableVacuumOptions
            {
                Folder = Lake,
                Keep = keep,
                DryRun = dryRun,
                Json = true,
                Output = "",
                MemoryBytes = Memory,
                TempDirectory = "",
                Threads = 2,
            }
        );

    /// <summary>The files that are the table, records, full loads, ledgers, changes, and the copy that outsiders read.</summary>
    public string[] TableFiles() =>
        [
            .. Directory
                .EnumerateFiles(Lake, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(f) != "published.json")
                .Order(StringComparer.Ordinal),
        ];

    private async Task<string> CareAsync(TableCareOptions options)
    {
        string path = Path.Combine(Root, $"said{_files++}.json");
        await RunAsync("table", options with { Output = path });
        return await File.ReadAllTextAsync(path);
    }

    private static async Task<RunReport> RunAsync(string verb, JobOptions options)
    {
        var report = new RunReport { Verb = verb };
        await EtlRunner.RunAsync(options, report, null, CancellationToken.None);
        return report;
    }
}
