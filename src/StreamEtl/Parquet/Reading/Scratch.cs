using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Reading;

/// <summary>Arrays that the columns of a unit use one after the other while they decode. <see cref="Release"/> gives them back to the lease.</summary>
internal sealed class Scratch(BufferLease lease)
{
    private byte[] _page = [];
    private long[] _longs = [];
    private TextView[] _views = [];
    private ulong[] _bits = [];

    /// <summary>A buffer for a page, with slack.</summary>
    public byte[] Page(int bytes) => Fit(ref _page, bytes + BitUnpacker.Slack);

    /// <summary>A buffer for integers.</summary>
    public long[] Longs(int count) => Fit(ref _longs, count);

    /// <summary>A buffer for views.</summary>
    public TextView[] Views(int count) => Fit(ref _views, count);

    /// <summary>A buffer for bits, all clear.</summary>
    public ulong[] Bits(int count)
    {
        Fit(ref _bits, (count + 63) >> 6).AsSpan(0, (count + 63) >> 6).Clear();
        return _bits;
    }

    /// <summary>Gives all buffers back.</summary>
    public void Release()
    {
        Drop(ref _page);
        Drop(ref _longs);
        Drop(ref _views);
        Drop(ref _bits);
    }

    private T[] Fit<T>(ref T[] array, int count)
        where T : unmanaged
    {
        if (array.Length < count || array.Length == 0)
        {
            Drop(ref array);
            array = lease.Rent<T>(count);
        }
        return array;
    }

    private void Drop<T>(ref T[] array)
    {
        if (array.Length > 0)
        {
            lease.Release(array);
            array = [];
        }
    }
}
