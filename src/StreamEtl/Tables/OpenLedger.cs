using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>The open files of a version's ledger. Ranges of it may be read at once.</summary>
internal sealed class OpenLedger : IAsyncDisposable
{
    private readonly LedgerReader[] _files;

    private OpenLedger(LedgerReader[] files) => _files = files;

    /// <summary>Opens the files that a commit record names.</summary>
    public static async ValueTask<OpenLedger> OpenAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        CancellationToken cancellationToken
    )
    {
        var readers = new List<LedgerReader>(files.Count);
        try
        {
            foreach (LedgerFile file in files)
            {
                readers.Add(await LedgerReader.OpenAsync(store, file, cancellationToken).ConfigureAwait(false));
            }
            return new OpenLedger([.. readers]);
        }
        catch
        {
            await DisposeAsync(readers).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>All of it, from the first record on.</summary>
    public LedgerState Read() => Read(LedgerRange.All);

    /// <summary>Some partitions of it.</summary>
    public LedgerState Read(LedgerRange range) => new([.. _files.Select(file => new LedgerCursor(file, range))]);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DisposeAsync(_files);

    private static async ValueTask DisposeAsync(IEnumerable<LedgerReader> files)
    {
        foreach (LedgerReader file in files)
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
