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

    /// <summary>Opens the files, does the work for all ranges of partitions, as many at once as there are threads, and closes them.</summary>
    public static async Task ForEachRangeAsync(
        IObjectStore store,
        IReadOnlyList<LedgerFile> files,
        int threads,
        Func<LedgerRange, LedgerState, CancellationToken, ValueTask> work,
        CancellationToken cancellationToken
    )
    {
        OpenLedger ledger = await OpenAsync(store, files, cancellationToken).ConfigureAwait(false);
        await using (ledger.ConfigureAwait(false))
        {
            await Parallel
                .ForEachAsync(
                    LedgerRange.Split(threads),
                    new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                    (range, cancelled) => work(range, ledger.Read(range), cancelled)
                )
                .ConfigureAwait(false);
        }
    }

    /// <summary>All of it, from the first record on.</summary>
    public LedgerState Read() => Read(LedgerRange.All);

    private LedgerState Read(LedgerRange range) => new([.. _files.Select(file => new LedgerCursor(file, range))]);

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
