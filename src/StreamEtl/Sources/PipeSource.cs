using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>One reading of a pipe: what the spool holds beyond this reading's position first, then the live stream. Owns neither.</summary>
internal sealed class PipeSource(SourceInfo info, Stream stream, SpoolFile? spool) : IByteSource
{
    private const int BlockBytes = 256 << 10;

    private readonly byte[] _block = new byte[BlockBytes];

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
            count = await ReadLiveAsync(Math.Min(destination.Length, BlockBytes), cancellationToken).ConfigureAwait(false);
            spool?.Append(_block.AsSpan(0, count));
            _block.AsSpan(0, count).CopyTo(destination.Span);
        }
        Position += count;
        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// A read from a terminal or a pipe may never end and cannot be cancelled. It is abandoned when the run is, and must then write into
    /// memory that nobody else uses.
    /// </summary>
    private async ValueTask<int> ReadLiveAsync(int count, CancellationToken cancellationToken)
    {
        try
        {
            Task<int> read = stream.ReadAsync(_block.AsMemory(0, count), CancellationToken.None).AsTask();
            return await read.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new StreamEtlException(ErrorKind.Io, $"reading failed: {e.Message}", new RecordPosition(info.Name, 0, Position), null, e);
        }
    }
}
