using System.Diagnostics;
using System.Globalization;
using StreamEtl.Aws.Tests.Servers;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Connectors.S3;
using StreamEtl.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Aws.Tests.EndToEnd;

/// <summary>
/// R1, R2 in a bucket: the real process, killed at named instants and at random times while it ingests into S3 or uploads, also while it recovers. After each kill the table
/// reads back as the version before or after, and an output is the old object or the new one. STREAMETL_S3_KILLS sets how many.
/// </summary>
public sealed class S3KillTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static int Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_S3_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 12;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_KilledAtAnyInstant_LeavesTheVersionBeforeOrAfter()
    {
        var campaign = new KillCampaign(_folder, Kills)
        {
            StorePoints = ["s3-written", "s3-visible"],
            Steps = 3,
            Time = (300, 1500),
            Environment = S3Server.Environs(S3Server.Instance.Endpoint),
        };
        output.WriteLine(
            await campaign.RunAsync(
                () =>
                {
                    string root = S3Server.NewRoot();
                    return (S3Server.Instance.Store(root), root);
                },
                async root => Assert.Empty(await S3Server.Instance.UploadsAsync(root))
            )
        );
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
        using Process process = Tool.StartHearing(
            "INT",
            _folder,
            ["convert", "-", "-o", $"{root}/out.csv", "-q"],
            S3Server.Environs(S3Server.Instance.Endpoint)
        );
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
        StuckProcess.RequireEnd(process, TimeSpan.FromSeconds(30));
        Assert.Equal(130, process.ExitCode);
        Assert.Empty(await S3Server.Instance.UploadsAsync(root));
        Assert.Null(await S3Server.Instance.Store(root).StatAsync("out.csv", default));
    }

    private string WriteInput()
    {
        string path = _folder["input.csv"];
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

    private bool Run(int? killAfter, string? point, params string[] arguments) =>
        KillCampaign.Run(_folder, arguments, killAfter, point, S3Server.Environs(S3Server.Instance.Endpoint));
}
