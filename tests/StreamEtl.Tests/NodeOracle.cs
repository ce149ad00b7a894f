using System.Diagnostics;
using Xunit.Abstractions;

namespace StreamEtl.Tests;

/// <summary>Independent readers and databases behind node, in tests/oracles.</summary>
internal static class NodeOracle
{
    /// <summary>False, said in the test's output, where the packages are not installed; a CI machine must have them.</summary>
    public static bool IsInstalled(ITestOutputHelper output)
    {
        if (Directory.Exists(RepositoryFiles.At("tests", "oracles", "node_modules")))
        {
            return true;
        }
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "run npm install in tests/oracles");
        output.WriteLine("skipped: run npm install in tests/oracles");
        return false;
    }

    /// <summary>Runs a script of tests/oracles and returns what it printed.</summary>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("node", [RepositoryFiles.At("tests", "oracles", script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using Process node = Process.Start(start)!;
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string text = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return text;
    }
}
