namespace StreamEtl.Sources;

/// <summary>
/// The bytes of a file or of an object in a store, read in any order by formats that are not read front to back (Parquet). What was opened stays what it
/// was: bytes of another state are never handed out, or <see cref="VerifyUnchanged"/> tells.
/// </summary>
public interface IRandomBytes : IAsyncDisposable
{
    /// <summary>What errors and progress print, and the length, which is always known.</summary>
    SourceInfo Info { get; }

    /// <summary>Fills the buffer from an offset on. Completes at once where reading needs no waiting. A range that reaches behind the end is an error.</summary>
    ValueTask ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>Throws when the bytes are no longer what they were when they were opened.</summary>
    void VerifyUnchanged();
}
