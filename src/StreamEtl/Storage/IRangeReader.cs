namespace StreamEtl.Storage;

/// <summary>
/// Reads ranges of one object, all of them from the state it had when it was opened: a store that cannot hold on to that state fails the read with
/// <see cref="Errors.ErrorKind.Replaced"/> once it is gone, and never mixes two. Reads may run at once.
/// </summary>
public interface IRangeReader : IAsyncDisposable
{
    /// <summary>Key, length and tag at the time of opening.</summary>
    ObjectInfo Info { get; }

    /// <summary>
    /// Fills the caller's buffer with the bytes from <paramref name="offset"/> on. Fewer than asked for means the end was reached; 0, that the offset
    /// is at or behind it. The store retries what is worth retrying; an error that comes out is final.
    /// </summary>
    /// <exception cref="Errors.StreamEtlException">
    /// <see cref="Errors.ErrorKind.Replaced"/>: replaced, changed or deleted since; <see cref="Errors.ErrorKind.Io"/>.
    /// </exception>
    ValueTask<int> ReadAtAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken);
}
