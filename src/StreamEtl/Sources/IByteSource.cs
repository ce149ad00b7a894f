namespace StreamEtl.Sources;

/// <summary>Reads one input's bytes front to back. One reader at a time; nobody calls again after 0 or an exception.</summary>
public interface IByteSource : IAsyncDisposable
{
    /// <summary>What errors and progress print.</summary>
    SourceInfo Info { get; }

    /// <summary>Stored bytes consumed so far (before decompression), for progress.</summary>
    long Position { get; }

    /// <summary>True for the plain bytes of a local file: reading them once more costs next to nothing.</summary>
    bool IsPlainFile => false;

    /// <summary>Fills a prefix of the caller's buffer; 0 means the end. Damage is a <see cref="Errors.StreamEtlException"/>.</summary>
    ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken);
}
