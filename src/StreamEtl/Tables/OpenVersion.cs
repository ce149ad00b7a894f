using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Tables;

/// <summary>
/// A version of a table with all its files open, so that it can be read to the end, and again, whatever happens to the table meanwhile: on disk an open file outlives its name, and
/// other stores say that it is gone.
/// </summary>
internal sealed class OpenVersion : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly List<IRandomBytes> _files = [];
    private LiveRows? _live;

    private OpenVersion(TableLog log, CommitRecord record)
    {
        Log = log;
        Record = record;
    }

    /// <summary>The table.</summary>
    public TableLog Log { get; }

    /// <summary>The version.</summary>
    public CommitRecord Record { get; }

    /// <summary>Its files, in the order of the record.</summary>
    public IReadOnlyList<IRandomBytes> Files => _files;

    /// <summary>Its rows in each file; null for a file of which every row lives.</summary>
    public IReadOnlyList<RowBitmap?> Rows => _live!.Files;

    /// <summary>Opens a version, null for the newest. When the newest is replaced and vacuumed at that moment, the one after it is opened.</summary>
    /// <exception cref="StreamEtlException">
    /// <see cref="ErrorKind.InputNotFound"/>: no such version, or it was vacuumed; <see cref="ErrorKind.DamagedTable"/>: it is not as its record says.
    /// </exception>
    public static async ValueTask<OpenVersion> OpenAsync(
        TableLog log,
        long? version,
        MemoryBudget budget,
        CancellationToken cancellationToken
    )
    {
        for (int attempt = 1; ; attempt++)
        {
            CommitRecord record = await TableFinder.ReadAsync(log, version, cancellationToken).ConfigureAwait(false);
            var open = new OpenVersion(log, record);
            try
            {
                await open.OpenFilesAsync(cancellationToken).ConfigureAwait(false);
                open._live = await LiveRows.ReadAsync(log.Store, record, budget, cancellationToken).ConfigureAwait(false);
                return open;
            }
            catch (StreamEtlException e) when (e.Kind is ErrorKind.InputNotFound or ErrorKind.DamagedTable)
            {
                await open.DisposeAsync().ConfigureAwait(false);
                string? missing = await TableFinder.MissingAsync(log.Store, record, cancellationToken).ConfigureAwait(false);
                if (missing is null)
                {
                    throw;
                }
                StreamEtlException gone = await TableFinder.GoneAsync(log, record, missing, cancellationToken).ConfigureAwait(false);
                if (version is not null || gone.Kind == ErrorKind.DamagedTable || attempt == Attempts)
                {
                    throw gone;
                }
            }
            catch
            {
                await open.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _live?.Dispose();
        foreach (IRandomBytes file in _files)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask OpenFilesAsync(CancellationToken cancellationToken)
    {
        foreach (TableFile file in Record.Files)
        {
            ObjectBytes bytes = await ObjectBytes.OpenAsync(Log.Store, file.Path, cancellationToken).ConfigureAwait(false);
            _files.Add(bytes);
            if (bytes.Info.Length != file.Bytes)
            {
                throw LedgerReader.Damaged(
                    Log.Store,
                    file.Path,
                    $"a file of the table has {bytes.Info.Length} bytes where its commit record says {file.Bytes}"
                );
            }
        }
    }
}
