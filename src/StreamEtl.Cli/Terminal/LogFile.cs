namespace StreamEtl.Cli.Terminal;

/// <summary>
/// A file to which log lines are appended, each with one write, so that lines of several processes do not mix. A full disk loses lines, never a run.
/// Thread-safe.
/// </summary>
internal sealed class LogFile(string path, bool json) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Appends one message.</summary>
    public void Write(LogEntry entry)
    {
        byte[] line = System.Text.Encoding.UTF8.GetBytes((json ? entry.ToJson() : entry.ToLine()) + "\n");
        lock (_lock)
        {
            try
            {
                _file.Seek(0, SeekOrigin.End);
                _file.Write(line);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // Standard error has said it already.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
        }
    }
}
