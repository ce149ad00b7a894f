using System.Globalization;
using StreamEtl.Cli.Tests.Infrastructure;
using StreamEtl.Storage;
using Xunit.Abstractions;

namespace StreamEtl.Cli.Tests.EndToEnd;

/// <summary>R1, R2: tables in a folder, see <see cref="KillCampaign"/>. STREAMETL_KILLS sets how many.</summary>
public sealed class IngestKillTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static int? Kills =>
        int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : null;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Kill_AtAnyInstant_LeavesTheVersionBeforeOrAfter() => RunAsync(Kills ?? 100, inRecovery: false);

    [Fact]
    public Task Kill_WhileARunRecovers_LeavesTheVersionBeforeOrAfter() => RunAsync(Kills ?? 20, inRecovery: true);

    private async Task RunAsync(int kills, bool inRecovery)
    {
        var campaign = new KillCampaign(_folder, kills)
        {
            StorePoints = ["store-written", "store-synced", "store-moved", "store-durable", "store-deleted"],
            Steps = 4,
            Time = (50, 500),
            InRecovery = inRecovery,
        };
        output.WriteLine(
            await campaign.RunAsync(
                () =>
                {
                    if (Directory.Exists(_folder["lake"]))
                    {
                        Directory.Delete(_folder["lake"], recursive: true);
                    }
                    return (new LocalStore(_folder["lake"]), "lake");
                },
                into =>
                {
                    Assert.DoesNotContain(
                        Directory.EnumerateFiles(_folder[into], "*", SearchOption.AllDirectories),
                        f => f.EndsWith(".tmp", StringComparison.Ordinal)
                    );
                    return Task.CompletedTask;
                }
            )
        );
    }
}
