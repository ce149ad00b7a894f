using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// Reads an open file straight into the caller's memory. Reads are synchronous: the kernel reads ahead, and a hop to another thread for
/// every block costs more than it hides. At the end the file must still be what it was when it was opened.
/// </summary>
internal sealed class FileByteSource(SourceInfo info, SafeFileHandle handle, FileIdentity identity) : IByteSource
{
    /// <inheritdoc/>
    public SourceInfo Info => info;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public bool IsPlainFile => true;

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        try
        {
            count = RandomAccess.Read(handle, destination.Span, Position);
            if (count == 0 && !destination.IsEmpty)
            {
                VerifyUnchanged();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"reading failed: {e.Message}",
                new RecordPosition(info.Name, 0, -1),
                "check the disk or the network share, then run again",
                e
            );
        }
        Position += count;
        return new ValueTask<int>(count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        handle.Dispose();
        return ValueTask.CompletedTask;
    }

    private void VerifyUnchanged()
    {
        if (Position != identity.Length || FileIdentity.Of(handle) != identity)
        {
            throw FileInput.Changed(info.Name);
        }
    }
}
