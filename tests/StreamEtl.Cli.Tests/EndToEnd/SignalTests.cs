using System.Diagnostics;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class SignalTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void Signal_DuringARun_LeavesNothingHalfWritten(string signal, int status)
    {
        _folder.Write("old.csv", "id\n");
        using Process process = Tool.StartHearing(signal, _folder, ["convert", "-", "-o", "out.csv", "--report", "r.json"]);
        // Enough for the run to begin writing, and the pipe stays open: the run waits for more.
        for (int i = 0; i < 200_000; i++)
        {
            process.StandardInput.WriteLine($"{i},some text that fills a block,{i * 7}");
        }
        process.StandardInput.Flush();
        Thread.Sleep(500);
        Assert.False(process.HasExited, "the run ended before the signal");
        using (Process kill = Process.Start("kill", ["-" + signal, $"{process.Id}"]))
        {
            kill.WaitForExit();
        }
        StuckProcess.RequireEnd(process, TimeSpan.FromSeconds(20));
        Assert.Equal(status, process.ExitCode);
        Assert.Equal(["old.csv", "r.json"], _folder.Files());
        Assert.Contains("\"error\": \"interrupted\"", _folder.Read("r.json"), StringComparison.Ordinal);
        Assert.Contains("interrupted", process.StandardError.ReadToEnd(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
