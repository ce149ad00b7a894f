using System.Buffers.Binary;
using StreamEtl.Errors;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>Writes a ledger file front to back. The stream stays the caller's.</summary>
internal sealed class LedgerWriter
{
    private readonly Stream _stream;
    private readonly long[] _starts = new long[LedgerFormat.Partitions + 1];
    private readonly ulong[] _digests = new ulong[LedgerFormat.Partitions];
    private KeyRecord _last;

    /// <summary>Writes the head.</summary>
    public LedgerWriter(Stream stream)
    {
        _stream = stream;
        Span<byte> head = stackalloc byte[LedgerFormat.HeadBytes];
        head.Clear();
        LedgerFormat.HeadMagic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], LedgerFormat.RecordBytes);
        stream.Write(head);
    }

    /// <summary>Records written.</summary>
    public long Count { get; private set; }

    /// <summary>Adds records, whose keys rise, also from one call to the next.</summary>
    public void Write(Span<KeyRecord> records)
    {
        while (!records.IsEmpty)
        {
            int partition = LedgerFormat.PartitionOf(records[0].Key);
            int length = 0;
            foreach (ref readonly KeyRecord record in records)
            {
                if (LedgerFormat.PartitionOf(record.Key) != partition)
                {
                    break;
                }
                if (Count + length > 0 && LedgerFormat.Compare(_last.Key, record.Key) >= 0)
                {
                    throw new StreamEtlException(ErrorKind.Internal, "records of a ledger are not in order");
                }
                _last = record;
                length++;
            }
            Span<byte> bytes = LedgerFormat.Bytes(records[..length]);
            _digests[partition] = LedgerFormat.Digest(_digests[partition], records[..length]);
            _stream.Write(bytes);
            _starts[partition + 1] += length;
            Count += length;
            records = records[length..];
        }
    }

    /// <summary>Writes directory and tail.</summary>
    public void Finish()
    {
        byte[] end = new byte[LedgerFormat.EndBytes];
        Span<byte> at = end;
        long start = 0;
        foreach (long count in _starts)
        {
            start += count;
            BinaryPrimitives.WriteInt64LittleEndian(at, start);
            at = at[sizeof(long)..];
        }
        foreach (ulong digest in _digests)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(at, digest);
            at = at[sizeof(ulong)..];
        }
        BinaryPrimitives.WriteUInt64LittleEndian(at, LedgerFormat.Digest(0, end.AsSpan(0, end.Length - at.Length)));
        LedgerFormat.TailMagic.CopyTo(at[sizeof(ulong)..]);
        _stream.Write(end);
    }
}
