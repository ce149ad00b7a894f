namespace StreamEtl.Sources;

/// <summary>
/// The end of a pipe that bytes come out of. A read from a pipe or a terminal may never end and cannot be cancelled, so who waits for it goes away instead; the
/// read stays, and whoever asks next gets what it brings. Bytes that a cancelled reading waited for are therefore not lost to the one that begins again.
/// For one caller at a time; owns the stream.
/// </summary>
internal sealed class LivePipe(Stream stream) : IAsyncDisposable
{
    private const int BlockBytes = 256 << 10;

    /// <summary>A read that nobody waits for any more still writes, so it writes into memory that nobody else uses.</summary>
    private readonly byte[] _block = new byte[BlockBytes];
    private Task<int>? _read;
    private int _given;

    /// <summary>Gives at least one of the bytes that come next; 0 at the end, however often it is asked for.</summary>
    /// <exception cref="OperationCanceledException">Nothing came before <paramref name="cancellationToken"/> did; nothing is lost.</exception>
    /// <exception cref="IOException">The pipe cannot be read.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        _read ??= stream.ReadAsync(_block.AsMemory(), CancellationToken.None).AsTask();
        int held = await _read.WaitAsync(cancellationToken).ConfigureAwait(false);
        int count = Math.Min(destination.Length, held - _given);
        _block.AsSpan(_given, count).CopyTo(destination.Span);
        _given += count;
        if (held > 0 && _given == held)
        {
            _read = null;
            _given = 0;
        }
        return count;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
