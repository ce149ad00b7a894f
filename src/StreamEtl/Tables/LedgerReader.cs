using System.Buffers.Binary;
using StreamEtl.Errors;
using StreamEtl.Spill;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>
/// Reads a ledger file in the order of key hashes. What is damaged is an error of kind <see cref="ErrorKind.DamagedTable"/>, at the latest when the last record of a
/// partition is handed out: nothing may be committed on the strength of records before the reader has come to its end.
/// </summary>
internal sealed class LedgerReader : IAsyncDisposable
{
    private readonly IObjectStore _store;
    private readonly IRangeReader _reader;
    private readonly byte[] _end;
    private readonly long _stop;
    private long _next;
    private int _partition;
    private ulong _digest;
    private byte[] _block = [];

    private LedgerReader(IObjectStore store, IRangeReader reader, byte[] end, LedgerRange range)
    {
        _store = store;
        _reader = reader;
        _end = end;
        _partition = range.First;
        _next = LedgerFormat.Number(end, range.First);
        _stop = LedgerFormat.Number(end, range.End);
    }

    /// <summary>Opens a ledger file that a commit record names, to read some partitions, and checks that it is that.</summary>
    public static async ValueTask<LedgerReader> OpenAsync(
        IObjectStore store,
        LedgerFile file,
        LedgerRange range,
        CancellationToken cancellationToken
    )
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
            return new LedgerReader(store, reader, end, range);
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Fills the buffer with the next records; returns how many, 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(Memory<KeyRecord> records, CancellationToken cancellationToken)
    {
        int count = (int)Math.Min(records.Length, _stop - _next);
        if (count == 0)
        {
            return 0;
        }
        int bytes = count * LedgerFormat.RecordBytes;
        if (_block.Length < bytes)
        {
            _block = new byte[bytes];
        }
        long offset = LedgerFormat.HeadBytes + (_next * LedgerFormat.RecordBytes);
        await FillAsync(_store, _reader, offset, _block.AsMemory(0, bytes), cancellationToken).ConfigureAwait(false);
        _block.AsSpan(0, bytes).CopyTo(LedgerFormat.Bytes(records.Span[..count]));
        Check(records.Span[..count]);
        return count;
    }

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

    /// <summary>Goes on with the checksums of the partitions that the records are of, and holds each against the directory where it ends.</summary>
    private void Check(ReadOnlySpan<KeyRecord> records)
    {
        while (!records.IsEmpty)
        {
            while (LedgerFormat.Number(_end, _partition + 1) == _next)
            {
                _partition++;
            }
            long left = LedgerFormat.Number(_end, _partition + 1) - _next;
            int count = (int)Math.Min(left, records.Length);
            _digest = LedgerFormat.Digest(_digest, records[..count]);
            _next += count;
            records = records[count..];
            if (count == left)
            {
                ulong expected = (ulong)LedgerFormat.Number(_end, LedgerFormat.Partitions + 1 + _partition);
                if (_digest != expected)
                {
                    throw Damaged(_store, _reader.Info.Key, $"partition {_partition} of the ledger file is damaged");
                }
                _digest = 0;
            }
        }
    }
}
