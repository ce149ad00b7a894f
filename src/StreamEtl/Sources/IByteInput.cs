namespace StreamEtl.Sources;

/// <summary>Something whose bytes can be read from the start as often as a job needs: a file, or standard input with a spool behind it.</summary>
public interface IByteInput : IAsyncDisposable
{
    /// <summary>What errors and progress print.</summary>
    SourceInfo Info { get; }

    /// <summary>Opens a reader at the first byte, decompressed. Readers of one input are used one after the other, not at once.</summary>
    ValueTask<IByteSource> OpenAsync(CancellationToken cancellationToken);
}
