using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>Which rows of its files a version has: a bitmap for each file, by the places in the ledger.</summary>
internal sealed class LiveRows : IDisposable
{
    private const int BlockRecords = 8192;

    private readonly RowBitmap?[] _files;

    private LiveRows(RowBitmap?[] files) => _files = files;

    /// <summary>Live rows by file, in the order of the commit record; null for a file of which every row lives.</summary>
    public IReadOnlyList<RowBitmap?> Files => _files;

    /// <summary>Reads the ledger of a version. A table that is one full load and nothing else needs no look at it.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.DamagedTable"/>: ledger and commit record do not fit together, or a ledger file is damaged.</exception>
    public static ValueTask<LiveRows> ReadAsync(
        IObjectStore store,
        CommitRecord record,
        MemoryBudget budget,
        CancellationToken cancellationToken
    ) =>
        record.Files is [{ Role: TableFileRole.Full } only] && only.Rows == record.Counts.Rows
            ? ValueTask.FromResult(new LiveRows([null]))
            : ReadLedgerAsync(store, record, budget, null, cancellationToken);

    /// <summary>Reads the ledger of a version in any case, and adds its records to a checksum.</summary>
    public static async ValueTask<LiveRows> ReadLedgerAsync(
        IObjectStore store,
        CommitRecord record,
        MemoryBudget budget,
        ChecksumSink? checksum,
        CancellationToken cancellationToken
    )
    {
        var live = new LiveRows(new RowBitmap?[record.Files.Count]);
        OpenLedger files = await OpenLedger.OpenAsync(store, record.Ledger, cancellationToken).ConfigureAwait(false);
        await using (files.ConfigureAwait(false))
        {
            LedgerState ledger = files.Read();
            try
            {
                for (int i = 0; i < record.Files.Count; i++)
                {
                    live._files[i] = new RowBitmap(record.Files[i].Rows, budget);
                }
                var block = new KeyRecord[BlockRecords];
                long rows = 0;
                int count;
                while ((count = await ledger.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    rows += count;
                    live.Set(store, record, block.AsSpan(0, count));
                    checksum?.Add(block.AsSpan(0, count));
                }
                return rows == record.Counts.Rows
                    ? live
                    : throw Damaged(store, record, $"the ledger has {rows} rows where the commit record says {record.Counts.Rows}");
            }
            catch
            {
                live.Dispose();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RowBitmap? file in _files)
        {
            file?.Dispose();
        }
    }

    private void Set(IObjectStore store, CommitRecord record, ReadOnlySpan<KeyRecord> records)
    {
        foreach (ref readonly KeyRecord row in records)
        {
            int file = LedgerFormat.FileOf(row.Place);
            long number = LedgerFormat.RowOf(row.Place);
            if (file < 0 || file >= _files.Length || number >= _files[file]!.Rows)
            {
                throw Damaged(store, record, $"the ledger refers to row {number} of file {file}, which there is not");
            }
            if (_files[file]!.Get(number))
            {
                throw Damaged(store, record, $"two keys of the ledger refer to row {number} of {record.Files[file].Path}");
            }
            _files[file]!.Set(number);
        }
    }

    private static StreamEtlException Damaged(IObjectStore store, CommitRecord record, string what) =>
        LedgerReader.Damaged(store, record.Ledger is [.., var last] ? last.Path : new TableLayout(record.Table).LedgerPrefix, what);
}
