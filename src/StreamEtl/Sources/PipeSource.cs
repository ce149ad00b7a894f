using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>One reading of a pipe: what the spool holds beyond this reading's position first, then what the pipe goes on to give. Owns neither.</summary>
internal sealed class PipeSource(SourceInfo info, LivePipe pipe, SpoolFile? spool) : IByteSource
{
    /// <inheritdoc/>
    public SourceInfo Info => info;

    /// <inheritdoc/>
    public long Position { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int count;
        if (spool is not null && Position < spool.Length)
        {
            count = spool.Read(destination.Span, Position);
        }
        else
        {
            count = await ReadLiveAsync(destination, cancellationToken).ConfigureAwait(false);
            spool?.Append(destination.Span[..count]);
        }
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<int> ReadLiveAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            return await pipe.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new StreamEtlException(ErrorKind.Io, $"reading failed: {e.Message}", new RecordPosition(info.Name, 0, Position), null, e);
        }
    }
}
