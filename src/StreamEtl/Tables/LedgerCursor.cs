using StreamEtl.Batches;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>
/// Goes through some partitions of a ledger file in the order of key hashes. Damage is found at the latest when the last record of a partition is handed out: nothing may be committed on the
/// strength of records before the cursor has come to its end.
/// </summary>
internal sealed class LedgerCursor(LedgerReader file, LedgerRange range)
{
    /// <summary>Records as they lie in the file, which is how they lie in memory.</summary>
    private readonly byte[] _block = new byte[LedgerState.BlockRecords * LedgerFormat.RecordBytes];
    private readonly long _stop = file.FirstRecord(range.End);
    private long _next = file.FirstRecord(range.First);
    private int _partition = range.First;
    private ulong _digest;
    private int _at;
    private int _count;

    /// <summary>True when the block in hand is used up, before the first one too.</summary>
    public bool IsUsedUp => _at == _count;

    /// <summary>True when there are no more records.</summary>
    public bool Ended { get; private set; }

    /// <summary>The key of the record in hand.</summary>
    public Hash128 Key => Records[_at].Key;

    private ReadOnlySpan<KeyRecord> Records => LedgerFormat.Records(_block);

    /// <summary>Reads the next block.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _at = 0;
        _count = (int)Math.Min(LedgerState.BlockRecords, _stop - _next);
        Ended = _count == 0;
        if (Ended)
        {
            return;
        }
        await file.ReadAsync(_next, _block.AsMemory(0, _count * LedgerFormat.RecordBytes), cancellationToken).ConfigureAwait(false);
        Check(Records[.._count]);
    }

    /// <summary>Passes the record in hand.</summary>
    public void Skip() => _at++;

    /// <summary>Copies the record in hand and those before the limit, as far as the block goes and the buffer has room; keys that are gone are left out.</summary>
    public int Take(Span<KeyRecord> records, int filled, Hash128? limit)
    {
        ReadOnlySpan<KeyRecord> block = Records[.._count];
        do
        {
            ref readonly KeyRecord record = ref block[_at++];
            if (record.Place != LedgerFormat.Tombstone)
            {
                records[filled++] = record;
            }
        } while (_at < block.Length && filled < records.Length && (limit is not { } end || LedgerFormat.Compare(block[_at].Key, end) < 0));
        return filled;
    }

    /// <summary>Goes on with the checksums of the partitions that the records are of, and holds each against the directory where it ends.</summary>
    private void Check(ReadOnlySpan<KeyRecord> records)
    {
        while (!records.IsEmpty)
        {
            while (file.FirstRecord(_partition + 1) == _next)
            {
                _partition++;
            }
            long left = file.FirstRecord(_partition + 1) - _next;
            int count = (int)Math.Min(left, records.Length);
            _digest = LedgerFormat.Digest(_digest, records[..count]);
            _next += count;
            records = records[count..];
            if (count == left)
            {
                if (_digest != file.Digest(_partition))
                {
                    throw file.Damaged(_partition);
                }
                _digest = 0;
            }
        }
    }
}
