using StreamEtl.Memory;

namespace StreamEtl.Parquet.Reading;

/// <summary>The bytes behind the views of one column of a batch: pages decompressed one after the other, and text made from other values.</summary>
internal sealed class ByteStore(BufferLease lease)
{
    /// <summary>Bytes that one column of one unit may hold; units are planned far smaller, so that only damage or a bomb meets it.</summary>
    public const int MaxBytes = 1 << 30;

    private byte[] _bytes = [];

    /// <summary>The bytes; replaced when they grow.</summary>
    public byte[] Bytes => _bytes;

    /// <summary>Bytes in use.</summary>
    public int Used { get; private set; }

    /// <summary>Makes room for <paramref name="count"/> further bytes with slack behind them and returns where they start.</summary>
    public int Take(long count)
    {
        Ensure(count);
        int start = Used;
        Used += (int)count;
        return start;
    }

    /// <summary>Lets go of what stands behind the first <paramref name="used"/> bytes.</summary>
    public void Cut(int used) => Used = used;

    /// <summary>Makes room without using it.</summary>
    public void Ensure(long count)
    {
        long needed = Used + count + BitUnpacker.Slack;
        if (needed > MaxBytes)
        {
            throw ParquetFault.Unsupported("the values of one column of one batch of rows take more than 1 GB");
        }
        if (_bytes.Length == 0)
        {
            _bytes = lease.Rent<byte>((int)needed);
        }
        else if (needed > _bytes.Length)
        {
            lease.Grow(ref _bytes, Used, (int)needed);
        }
    }
}
