using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Verbs;
using StreamEtl.Errors;

namespace StreamEtl.Cli.Reporting;

/// <summary>Where the report of <c>--report</c> goes.</summary>
internal sealed class ReportFile(string path)
{
    private const string StandardError = "-";

    /// <summary>Why a report cannot go there, as far as that can be told before the run; null when nothing speaks against it.</summary>
    public static StreamEtlException? Refusal(string path)
    {
        if (path == StandardError)
        {
            return null;
        }
        if (path.Length == 0 || Directory.Exists(path))
        {
            return UsageError.Value(MessageOptions.Report, path, "a file name, or - for standard error");
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        return Directory.Exists(folder)
            ? null
            : UsageError.Create($"the folder of the report '{path}' does not exist", $"mkdir -p {folder}");
    }

    /// <summary>Writes the report, aside first so that nobody reads half of one; pipes and devices are written as they are.</summary>
    public void Write(byte[] json, Func<TextWriter> openError)
    {
        if (path == StandardError)
        {
            TextWriter error = openError();
            error.Write(System.Text.Encoding.UTF8.GetString(json));
            error.Flush();
            return;
        }
        if (
            path.StartsWith("/dev/", StringComparison.Ordinal)
            || new FileInfo(path) is { Exists: true, Length: 0 } or { LinkTarget: not null }
        )
        {
            using FileStream direct = new(path, FileMode.OpenOrCreate, FileAccess.Write);
            Save(direct, json);
            return;
        }
        string aside = $"{path}.{Environment.ProcessId}.tmp";
        using (FileStream stream = new(aside, FileMode.Create, FileAccess.Write))
        {
            Save(stream, json);
        }
        File.Move(aside, path, overwrite: true);
    }

    private static void Save(FileStream stream, byte[] json)
    {
        stream.Write(json);
        if (stream.CanSeek)
        {
            stream.SetLength(stream.Position);
        }
    }
}
