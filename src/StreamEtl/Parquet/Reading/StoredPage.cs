using StreamEtl.Memory;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>
/// A page of a chunk that is cut into several units. Units that share it decompress it once, whichever comes first. Its arrays are charged to the budget until the
/// cursor has passed it; units still in flight may keep it a little longer.
/// </summary>
internal sealed class StoredPage(PageHeader header, byte[] bytes, long fileOffset, long rowStart, long rowEnd, MemoryBudget budget)
{
    private readonly Lock _lock = new();
    private byte[]? _plain;
    private long _charged;
    private bool _passed;

    /// <summary>The page's header.</summary>
    public PageHeader Header => header;

    /// <summary>The payload, with slack behind it.</summary>
    public byte[] Bytes => bytes;

    /// <summary>File offset of the header.</summary>
    public long FileOffset => fileOffset;

    /// <summary>Rows of the row group that begin before the page.</summary>
    public long RowStart => rowStart;

    /// <summary>Rows of the row group that begin before the page's end.</summary>
    public long RowEnd => rowEnd;

    /// <summary>True when more than one unit has rows in it. Set before the first of them is handed out.</summary>
    public bool IsShared { get; set; }

    /// <summary>Charges the stored bytes.</summary>
    public void Charge() => Charge(bytes.Length);

    /// <summary>The decompressed page, with slack.</summary>
    public byte[] Plain(ChunkInfo chunk)
    {
        lock (_lock)
        {
            if (_plain is null)
            {
                PagePayload.CheckRatio(chunk.Codec, header.CompressedBytes, header.UncompressedBytes);
                byte[] plain = GC.AllocateUninitializedArray<byte>(header.UncompressedBytes + BitUnpacker.Slack);
                PagePayload.Decompress(
                    header,
                    chunk.Codec,
                    bytes.AsSpan(0, header.CompressedBytes),
                    plain.AsSpan(0, header.UncompressedBytes)
                );
                _plain = plain;
                Charge(plain.Length);
            }
            return _plain;
        }
    }

    /// <summary>Gives back what was charged: no later unit needs the page.</summary>
    public void Pass()
    {
        lock (_lock)
        {
            _passed = true;
            budget.Release(_charged);
            _charged = 0;
        }
    }

    private void Charge(long count)
    {
        if (!_passed)
        {
            budget.Reserve(count);
            _charged += count;
        }
    }
}
