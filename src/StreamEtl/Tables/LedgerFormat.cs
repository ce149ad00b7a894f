using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>
/// A ledger file: which rows a table has (or, in a file that adds to earlier ones, which keys changed), as records of 40 bytes in the order of their key hashes, one for a key.
/// <code>
/// head      16 bytes   magic "SETLEDG2", bytes of a record (4), 0 (4)
/// records   40 each    key hash (high, low), row hash, rank, place: five 64-bit numbers
/// directory            257 × 8: number of the first record of each partition, and of all records
///                      256 × 8: checksum of each partition
/// tail      16 bytes   checksum of the directory (8), magic "SETLEDGE"
/// </code>
/// All numbers are little-endian. A partition has the records whose key hash begins with the same 8 bits. The directory stands at the end, so that a file is written front to
/// back while its size is unknown. A record's place is the index of its file in the list of the commit record, shifted by 40 bits, and the number of the row in the file;
/// <see cref="Tombstone"/> says that the key is gone.
/// </summary>
internal static class LedgerFormat
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeadBytes = 16;

    /// <summary>Bytes of a record.</summary>
    public const int RecordBytes = 40;

    /// <summary>Partitions.</summary>
    public const int Partitions = 1 << RecordStore.PartitionBits;

    /// <summary>Bytes of directory and tail.</summary>
    public const int EndBytes = ((Partitions + 1 + Partitions) * sizeof(ulong)) + TailBytes;

    /// <summary>The place of a key that is gone.</summary>
    public const long Tombstone = -1;

    /// <summary>Files that a place can tell apart.</summary>
    public const int MaxFiles = 1 << 20;

    private const int RowBits = 40;
    private const int TailBytes = 16;

    /// <summary>First bytes of a file.</summary>
    public static ReadOnlySpan<byte> HeadMagic => "SETLEDG2"u8;

    /// <summary>Last bytes of a file.</summary>
    public static ReadOnlySpan<byte> TailMagic => "SETLEDGE"u8;

    /// <summary>A place.</summary>
    public static long Place(int file, long row) => ((long)file << RowBits) | row;

    /// <summary>The file of a place.</summary>
    public static int FileOf(long place) => (int)(place >> RowBits);

    /// <summary>The row of a place.</summary>
    public static long RowOf(long place) => place & ((1L << RowBits) - 1);

    /// <summary>The partition of a key hash.</summary>
    public static int PartitionOf(in Hash128 key) => (int)(key.High >> (64 - RecordStore.PartitionBits));

    /// <summary>The order of records.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Compare(in Hash128 one, in Hash128 other)
    {
        int high = one.High.CompareTo(other.High);
        return high != 0 ? high : one.Low.CompareTo(other.Low);
    }

    /// <summary>Goes on with a checksum over whole 64-bit numbers; starts from 0. Multiply-fold, so that each result depends on all before it.</summary>
    public static ulong Digest(ulong state, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            // The rotated state keeps what a product of zero would lose.
            state = Folding.Fold(state ^ word ^ Folding.P0, Folding.P1) ^ ulong.RotateLeft(state, 17);
        }
        return state;
    }

    /// <summary>
    /// Goes on with the checksum of a partition. Of each record most is folded before it meets those before it, so that a processor works at several records at once: a ledger is read
    /// twice a run, and the chain of <see cref="Digest(ulong, ReadOnlySpan{byte})"/> costs more than all else that is done with a record.
    /// </summary>
    public static ulong Digest(ulong state, ReadOnlySpan<KeyRecord> records)
    {
        foreach (ref readonly KeyRecord record in records)
        {
            ulong key = Fold(record.Key.High ^ Folding.P0, record.Key.Low ^ Folding.P1);
            ulong row = Fold(record.Row ^ Folding.P2, record.Rank ^ Folding.P3);
            state = Fold(state ^ key ^ (ulong)record.Place, row ^ Folding.P4) ^ ulong.RotateLeft(state, 17);
        }
        return state;
    }

    /// <summary>Reads a number of the directory.</summary>
    public static long Number(ReadOnlySpan<byte> directory, int index) =>
        BinaryPrimitives.ReadInt64LittleEndian(directory[(index * sizeof(long))..]);

    /// <summary>Multiply and fold. Both numbers have a say even where the other is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong one, ulong other) => Folding.Fold(one, other) ^ one ^ ulong.RotateLeft(other, 32);

    /// <summary>Records as they lie in a file.</summary>
    public static Span<byte> Bytes(Span<KeyRecord> records)
    {
        CheckLayout();
        return MemoryMarshal.AsBytes(records);
    }

    /// <summary>The reverse of <see cref="Bytes"/>.</summary>
    public static ReadOnlySpan<KeyRecord> Records(ReadOnlySpan<byte> bytes)
    {
        CheckLayout();
        return MemoryMarshal.Cast<byte, KeyRecord>(bytes);
    }

    private static void CheckLayout()
    {
        if (!BitConverter.IsLittleEndian || Unsafe.SizeOf<KeyRecord>() != RecordBytes)
        {
            throw new PlatformNotSupportedException("ledgers need a little-endian processor");
        }
    }
}
