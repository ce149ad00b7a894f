using System.Diagnostics;
using System.Globalization;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Connectors.S3;
using StreamEtl.Storage;
using StreamEtl.Tests.Tables;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.EndToEnd;

/// <summary>
/// R1, R2 in a bucket: the real process, killed at named instants and at random times while it ingests into S3 or uploads, also while it recovers. After each kill the table
/// reads back as the version before or after, and an output is the old object or the new one. STREAMETL_S3_KILLS sets how many.
/// </summary>
public sealed class S3KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Killed = 128 + 9;

    private static readonly string[] Points =
    [
        "ingest-read",
        "ingest-ledger-written",
        "ingest-changes-written",
        "ingest-before-commit",
        "ingest-committed",
        "ingest-published",
        "ingest-cleaned",
        "s3-written",
        "s3-visible",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("streametl-s3-kill-").FullName;

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_S3_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 12;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ingest_KilledAtAnyInstant_LeavesTheVersionBeforeOrAfter()
    {
        int killed = 0;
        int lived = 0;
        var random = new Random(1);
        for (int life = 0; killed < Kills; life++)
        {
            string root = S3Server.NewRoot();
            S3Store store = S3Server.Instance.Store(root);
            TableHistory history =
                life % 2 == 1 ? TableHistory.Incremental(_folder, life, steps: 3) : new TableHistory(_folder, life, steps: 3);
            for (int step = 0; step < history.Paths.Count; step++)
            {
                bool done = false;
                for (int attempt = 0; !done; attempt++)
                {
                    bool kill = attempt < 4 && killed < Kills;
                    string point = Points[killed % Points.Length];
                    string times = point[0] == 's' ? $":{random.Next(1, 6)}" : "";
                    done = Run(
                        kill && random.Next(3) == 0 ? random.Next(300, 1500) : null,
                        kill ? point + times : null,
                        [.. Ingest(root, history.Paths[step]), .. history.Arguments(step)]
                    );
                    killed += done ? 0 : 1;
                    lived += done ? 1 : 0;
                    int state = history.Find((await TableReadBack.NewestAsync(store, "t")).Rows);
                    Assert.True(
                        state == step || (!done && state == step - 1),
                        $"life {life}, step {step}, done {done}: the table is snapshot {state}"
                    );
                }
            }
            await TableLeftovers.RequireNoneAsync(store, "t");
            Assert.Empty(await S3Server.Instance.UploadsAsync(root));
        }
        output.WriteLine($"{killed} processes killed, {lived} ended well, every table right after each");
    }

    [Fact]
    public async Task Output_KilledOrInterruptedAtAnyInstant_IsTheOldObjectOrTheNew()
    {
        string root = S3Server.NewRoot();
        S3Store store = S3Server.Instance.Store(root);
        string input = WriteInput();
        Assert.True(Run(null, null, "convert", input, "-o", $"{root}/whole.csv"));
        byte[] whole = (await store.ReadWholeAsync("whole.csv", 1 << 30, default))!;
        Assert.True(whole.Length > 20 << 20, "several parts");
        byte[] old = "id\n1\n"u8.ToArray();
        var random = new Random(2);
        int seen = 0;
        int left = 0;
        for (int i = 0; i < Kills / 4; i++)
        {
            await store.WriteWholeAsync("out.csv", old, WriteCondition.Replace, default);
            string? point = (i % 4) switch
            {
                0 => "s3-written",
                1 => "s3-uploaded",
                2 => "s3-visible",
                _ => null,
            };
            bool done = Run(point is null ? random.Next(200, 1500) : null, point, "convert", input, "-o", $"{root}/out.csv");
            byte[] now = (await store.ReadWholeAsync("out.csv", 1 << 30, default))!;
            bool isNew = now.AsSpan().SequenceEqual(whole);
            Assert.True(isNew || (!done && now.AsSpan().SequenceEqual(old)), $"run {i}: neither the old object nor the new");
            Assert.True(point is null || isNew == (point == "s3-visible"));
            seen += isNew ? 1 : 0;
            left += (await S3Server.Instance.UploadsAsync(root)).Count;
            S3Store impatient = S3Server.Instance.Store(root, new S3Options { AbandonedAfter = TimeSpan.FromSeconds(-60) });
            await impatient.CleanAsync("", default);
            Assert.Empty(await S3Server.Instance.UploadsAsync(root));
        }
        output.WriteLine(
            $"{Kills / 4} uploads killed: {seen} times the new object, else the old one; {left} uploads left, found and aborted"
        );
    }

    [Fact]
    public async Task Output_Interrupted_LeavesNoUpload()
    {
        string root = S3Server.NewRoot();
        string input = WriteInput();
        // The upload is under way when the last part is still missing, because standard input does not end.
        using Process process = Start(null, "convert", "-", "-o", $"{root}/out.csv");
        await using (FileStream file = File.OpenRead(input))
        {
            await file.CopyToAsync(process.StandardInput.BaseStream);
        }
        await process.StandardInput.BaseStream.FlushAsync();
        for (int i = 0; (await S3Server.Instance.UploadsAsync(root)).Count == 0; i++)
        {
            Assert.True(i < 600, "no upload begins");
            await Task.Delay(50);
        }
        using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "it did not end");
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(await S3Server.Instance.UploadsAsync(root));
        Assert.Null(await S3Server.Instance.Store(root).StatAsync("out.csv", default));
    }

    private static string[] Ingest(string root, string input) =>
        ["ingest", input, "--table", "t", "--into", root, "--key", "id", "--max-delete-percent", "100", "--allow-truncated"];

    private string WriteInput()
    {
        string path = Path.Combine(_folder, "input.csv");
        if (!File.Exists(path))
        {
            var random = new Random(3);
            byte[] noise = new byte[20];
            using var writer = new StreamWriter(path);
            writer.WriteLine("id,a");
            for (int i = 0; i < 500_000; i++)
            {
                random.NextBytes(noise);
                writer.WriteLine($"{i},x{Convert.ToHexString(noise)}");
            }
        }
        return path;
    }

    /// <summary>Runs the tool; true when it ended well, false when it was killed. Anything else fails the test.</summary>
    private bool Run(int? killAfter, string? point, params string[] arguments)
    {
        using Process process = Start(killAfter is null ? point : null, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Close();
        if (killAfter is { } milliseconds && !process.WaitForExit(milliseconds))
        {
            process.Kill();
        }
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(90)), "streametl did not end");
        bool kills = killAfter is not null || point is not null;
        Assert.True(
            process.ExitCode is 0 || (kills && process.ExitCode == Killed),
            $"exit status {process.ExitCode}: {error.GetAwaiter().GetResult()}"
        );
        return process.ExitCode == 0;
    }

    private Process Start(string? point, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "streametl"), [.. arguments, "-q"])
        {
            UseShellExecute = false,
            WorkingDirectory = _folder,
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in S3Server.Environs(S3Server.Instance.Endpoint))
        {
            start.Environment[name] = value;
        }
        start.Environment["TMPDIR"] = _folder;
        if (point is not null)
        {
            start.Environment["STREAMETL_CRASH_AT"] = point;
        }
        return Process.Start(start)!;
    }
}
