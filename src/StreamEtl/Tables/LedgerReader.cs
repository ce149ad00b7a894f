using System.Buffers.Binary;
using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// An open ledger file: its records, and the directory of their partitions. What is damaged is an error of kind <see cref="ErrorKind.DamagedTable"/>. Any number of <see cref="LedgerCursor"/>s
/// may read it at once.
/// </summary>
internal sealed class LedgerReader : IAsyncDisposable
{
    private readonly IObjectStore _store;
    private readonly IRangeReader _reader;
    private readonly byte[] _end;

    private LedgerReader(IObjectStore store, IRangeReader reader, byte[] end)
    {
        _store = store;
        _reader = reader;
        _end = end;
    }

    /// <summary>Opens a ledger file that a commit record names, and checks that it is that.</summary>
    public static async ValueTask<LedgerReader> OpenAsync(IObjectStore store, LedgerFile file, CancellationToken cancellationToken)
    {
        IRangeReader reader;
        try
        {
            reader = await store.OpenReadAsync(file.Path, tag: null, cancellationToken).ConfigureAwait(false);
        }
        catch (StreamEtlException e) when (e.Kind == ErrorKind.InputNotFound)
        {
            throw Damaged(store, file.Path, "the ledger file is gone", e);
        }
        try
        {
            if (
                reader.Info.Length != file.Bytes
                || file.Bytes != LedgerFormat.HeadBytes + (file.Rows * LedgerFormat.RecordBytes) + LedgerFormat.EndBytes
            )
            {
                throw Damaged(
                    store,
                    file.Path,
                    $"the ledger file has {reader.Info.Length} bytes where its commit record says {file.Bytes}"
                );
            }
            byte[] head = new byte[LedgerFormat.HeadBytes];
            byte[] end = new byte[LedgerFormat.EndBytes];
            await FillAsync(store, reader, 0, head, cancellationToken).ConfigureAwait(false);
            await FillAsync(store, reader, file.Bytes - end.Length, end, cancellationToken).ConfigureAwait(false);
            ReadOnlySpan<byte> tail = end.AsSpan(end.Length - 16);
            if (
                !head.AsSpan(0, 8).SequenceEqual(LedgerFormat.HeadMagic)
                || !tail[8..].SequenceEqual(LedgerFormat.TailMagic)
                || LedgerFormat.Digest(0, end.AsSpan(0, end.Length - 16)) != BinaryPrimitives.ReadUInt64LittleEndian(tail)
                || LedgerFormat.Number(end, LedgerFormat.Partitions) != file.Rows
            )
            {
                throw Damaged(store, file.Path, "the ledger file is damaged");
            }
            return new LedgerReader(store, reader, end);
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Number of the first record of a partition, or behind the last one.</summary>
    public long FirstRecord(int partition) => LedgerFormat.Number(_end, partition);

    /// <summary>The checksum of a partition's records.</summary>
    public ulong Digest(int partition) => (ulong)LedgerFormat.Number(_end, LedgerFormat.Partitions + 1 + partition);

    /// <summary>Fills the buffer with records from a number on, as they lie in the file.</summary>
    public ValueTask ReadAsync(long first, Memory<byte> records, CancellationToken cancellationToken) =>
        FillAsync(_store, _reader, LedgerFormat.HeadBytes + (first * LedgerFormat.RecordBytes), records, cancellationToken);

    /// <summary>The error of a partition whose records are not those of its checksum.</summary>
    public StreamEtlException Damaged(int partition) =>
        Damaged(_store, _reader.Info.Key, $"partition {partition} of the ledger file is damaged");

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _reader.DisposeAsync();

    /// <summary>An error about a part of a table.</summary>
    internal static StreamEtlException Damaged(IObjectStore store, string key, string what, Exception? inner = null) =>
        new(
            ErrorKind.DamagedTable,
            what,
            StoreErrors.At(store.Name, key),
            "restore it from a backup, or load the table anew with --mode full",
            inner
        );

    private static async ValueTask FillAsync(
        IObjectStore store,
        IRangeReader reader,
        long offset,
        Memory<byte> bytes,
        CancellationToken cancellationToken
    )
    {
        if (await reader.ReadAtAsync(offset, bytes, cancellationToken).ConfigureAwait(false) != bytes.Length)
        {
            throw StoreErrors.Replaced(store.Name, reader.Info.Key);
        }
    }
}
