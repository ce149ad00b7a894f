using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;
using StreamEtl.Storage;
using StreamEtl.Tables;

namespace StreamEtl.Pipeline;

/// <summary>A Parquet file of a managed table, and of its rows those that are wanted. The bitmap stays the caller's.</summary>
internal sealed class StoredParquetInput(IObjectStore store, TableFile file, RowBitmap rows) : TableInput
{
    /// <inheritdoc/>
    public override SourceInfo Info { get; } = new(StoreErrors.At(store.Name, file.Path).Source, file.Bytes);

    /// <inheritdoc/>
    public override async ValueTask<IRowSource> OpenAsync(RunContext run, CancellationToken cancellationToken)
    {
        ObjectBytes bytes;
        try
        {
            bytes = await ObjectBytes.OpenAsync(store, file.Path, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.InputNotFound)
        {
            throw LedgerReader.Damaged(store, file.Path, "a file of the table is gone", e);
        }
        if (bytes.Info.Length != file.Bytes)
        {
            await bytes.DisposeAsync().ConfigureAwait(false);
            throw LedgerReader.Damaged(
                store,
                file.Path,
                $"a file of the table has {bytes.Info.Length} bytes where its commit record says {file.Bytes}"
            );
        }
        return await ParquetRowSource
            .OpenAsync(ReadAheadBytes.Over(bytes, bytes.IsRemote, run.Pool), run.Pool, rows, cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
