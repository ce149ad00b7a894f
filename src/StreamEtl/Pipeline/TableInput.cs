using System.Security.Cryptography;
using StreamEtl.Errors;
using StreamEtl.Sources;

namespace StreamEtl.Pipeline;

/// <summary>One input of a job, whatever its format: opened once to look, then once for each pass.</summary>
internal abstract class TableInput : IAsyncDisposable
{
    /// <summary>What errors and progress print.</summary>
    public abstract SourceInfo Info { get; }

    /// <summary>Opens a source at the first row.</summary>
    public abstract ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken);

    /// <summary>
    /// Adds the input's bytes to a hash: those of a text as they are once decompressed, whatever their encoding (what <c>zcat FILE</c> prints), those of a Parquet file as they
    /// are stored, those of a table's version file by file in the order of its record. So the sum tells which data it was, depends on nothing else, and other tools can make it.
    /// </summary>
    public virtual ValueTask HashAsync(RunContext run, IncrementalHash hash, CancellationToken cancellationToken) =>
        throw new StreamEtlException(
            ErrorKind.Unsupported,
            $"{Info.Name} has no bytes to tell its rows by, and mode incremental keeps their sum",
            hint: "give it as a file"
        );

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
