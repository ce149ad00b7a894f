using StreamEtl.Cli.Arguments;
using StreamEtl.Cli.Terminal;
using StreamEtl.Cli.Verbs;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Cli.Reporting;

/// <summary>Where the report of <c>--report</c> goes.</summary>
internal sealed class ReportFile(string path)
{
    private const string StandardError = "-";
    private const long TransferBytes = 1 << 20;

    /// <summary>Why a report cannot go there, as far as that can be told before the run; null when nothing speaks against it.</summary>
    public static StreamEtlException? Refusal(string path, IStoreProvider places)
    {
        if (path == StandardError)
        {
            return null;
        }
        if (StorePath.IsOne(path))
        {
            return StoreRefusal(path, places);
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

    /// <summary>
    /// Writes the report, so that nobody reads half of one; false after a fault, which has been said.
    /// </summary>
    public async Task<bool> TryWriteAsync(byte[] json, Host host, Messages messages)
    {
        try
        {
            if (path == StandardError)
            {
                TextWriter error = host.OpenError();
                await error.WriteAsync(System.Text.Encoding.UTF8.GetString(json)).ConfigureAwait(false);
                await error.FlushAsync().ConfigureAwait(false);
            }
            else if (StorePath.IsOne(path))
            {
                var place = StorePath.Parse(path);
                // The run is over: an interrupt has no part in what is told of it.
                await host
                    .Places.Open(place.Root, TransferBytes)
                    .WriteWholeAsync(place.Key, json, WriteCondition.Replace, CancellationToken.None)
                    .ConfigureAwait(false);
            }
            else
            {
                WriteFile(json);
            }
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StreamEtlException)
        {
            string reason = (e as StreamEtlException)?.Reason ?? e.Message;
            messages.Error(new ErrorText(ErrorKind.Io, $"the report cannot be written: {reason}", path));
            return false;
        }
    }

    private static StreamEtlException? StoreRefusal(string path, IStoreProvider places)
    {
        try
        {
            var place = StorePath.Parse(path);
            _ = places.Open(place.Root, TransferBytes);
            return ObjectKey.IsValid(place.Key) ? null : UsageError.Value(MessageOptions.Report, path, "s3://BUCKET/KEY");
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.Usage)
        {
            return e;
        }
    }

    /// <summary>Aside first; pipes and devices are written as they are.</summary>
    private void WriteFile(byte[] json)
    {
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
