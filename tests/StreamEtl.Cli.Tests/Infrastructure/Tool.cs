using System.Diagnostics;
using System.Text;

namespace StreamEtl.Cli.Tests.Infrastructure;

/// <summary>The built executable, run as a user's shell would.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The executable beside the tests, or the one that <c>STREAMETL_TOOL</c> names: a published one is compiled otherwise.</summary>
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("STREAMETL_TOOL")
        ?? System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "streametl.exe" : "streametl");

    /// <summary>What a process left: its exit status and what it wrote.</summary>
    public sealed record Result(int Status, string Output, string Error);

    /// <summary>Runs the tool in a folder.</summary>
    public static Result Run(TempFolder folder, params string[] arguments) => Finish(Start(Path, folder, arguments), "");

    /// <summary>Runs the tool with text at its standard input.</summary>
    public static Result RunWithInput(TempFolder folder, string input, params string[] arguments) =>
        Finish(Start(Path, folder, arguments), input);

    /// <summary>Runs a line of shell, in which <c>$streametl</c> is the tool.</summary>
    public static Result Shell(TempFolder folder, string line) => Finish(Start("/bin/bash", folder, ["-c", line]), "");

    /// <summary>Starts the tool and leaves it running.</summary>
    public static Process Start(TempFolder folder, params string[] arguments) => Start(Path, folder, arguments);

    /// <summary>Starts the tool with some more environment variables and leaves it running.</summary>
    public static Process Start(TempFolder folder, string[] arguments, (string Name, string Value)[] environment) =>
        Start(Path, folder, arguments, environment);

    /// <summary>Waits for the end; a process that outlasts our patience is killed and fails the test.</summary>
    public static Result Finish(Process process, string input)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            try
            {
                process.StandardInput.Write(input);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The tool need not read its input to the end.
            }
            StuckProcess.RequireEnd(process, Patience);
            return new Result(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
    }

    /// <summary>Starts the tool so that a signal works as usual, also where the tests run under nohup or in a shell's background, which have all that they start ignore some.</summary>
    public static Process StartHearing(
        string signal,
        TempFolder folder,
        string[] arguments,
        params (string Name, string Value)[] environment
    ) => Start("env", folder, [$"--default-signal={signal}", Path, .. arguments], environment);

    private static Process Start(string program, TempFolder folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = folder.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = System.Text.Encoding.UTF8,
            StandardErrorEncoding = System.Text.Encoding.UTF8,
        };
        start.Environment["streametl"] = Path;
        start.Environment["TMPDIR"] = folder.Root;
        start.Environment["XDG_STATE_HOME"] = folder[".state"];
        start.Environment.Remove("STREAMETL_DEBUG");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start) ?? throw new InvalidOperationException("no process");
    }
}
