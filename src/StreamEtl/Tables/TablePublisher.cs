using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// Keeps <c>full-load/T.parquet</c> a copy of the newest full load, for everybody who reads tables without knowing of versions. The table itself never reads it. A note says which
/// full load it is a copy of, and by its tag whether it still is, so that the next run finds out and mends what a killed one, or one that came second, has left.
/// </summary>
internal sealed class TablePublisher(TableLog log)
{
    private const int MostRounds = 5;
    private const int BlockBytes = 1 << 20;

    /// <summary>Publishes the newest full load unless it is.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            CommitRecord? newest = await log.ReadNewestAsync(cancellationToken).ConfigureAwait(false);
            if (newest?.Files.FirstOrDefault(f => f.Role == TableFileRole.Full) is not { } full)
            {
                return;
            }
            if (await IsPublishedAsync(full, cancellationToken).ConfigureAwait(false))
            {
                return;
            }
            await CopyAsync(full, cancellationToken).ConfigureAwait(false);
            ObjectInfo? published = await log.Store.StatAsync(log.Layout.Published, cancellationToken).ConfigureAwait(false);
            byte[] note = TableNote.Write(Note(full, published));
            await log
                .Store.WriteWholeAsync(log.Layout.PublishedNote, note, WriteCondition.Replace, cancellationToken)
                .ConfigureAwait(false);
        }
    }

    private async Task<bool> IsPublishedAsync(TableFile full, CancellationToken cancellationToken)
    {
        ObjectInfo? published = await log.Store.StatAsync(log.Layout.Published, cancellationToken).ConfigureAwait(false);
        byte[]? note = await log
            .Store.ReadWholeAsync(log.Layout.PublishedNote, TableNote.MaxBytes, cancellationToken)
            .ConfigureAwait(false);
        if (published is null || note is null)
        {
            return false;
        }
        return TableNote.Read(note) == Note(full, published);
    }

    private static string Note(TableFile full, ObjectInfo? published) => $"{full.Path} {published?.Tag}";

    private async Task CopyAsync(TableFile full, CancellationToken cancellationToken)
    {
        IRangeReader reader = await OpenAsync(full, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            IObjectWriter writer = await log.Store.CreateAsync(log.Layout.Published, cancellationToken).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                byte[] block = new byte[Math.Min(BlockBytes, Math.Max(1, reader.Info.Length))];
                int count;
                for (long offset = 0; offset < reader.Info.Length; offset += count)
                {
                    count = await reader.ReadAtAsync(offset, block, cancellationToken).ConfigureAwait(false);
                    if (count == 0)
                    {
                        throw StoreErrors.Replaced(log.Store.Name, full.Path);
                    }
                    await writer.Stream.WriteAsync(block.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
                await writer.CommitAsync(WriteCondition.Replace, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<IRangeReader> OpenAsync(TableFile full, CancellationToken cancellationToken)
    {
        try
        {
            return await log.Store.OpenReadAsync(full.Path, tag: null, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.InputNotFound)
        {
            throw LedgerReader.Damaged(log.Store, full.Path, "a file of the table is gone", e);
        }
    }
}
