namespace StreamEtl.Memory;

/// <summary>
/// The arrays that one traveller (a source unit, a batch, an encoded part) holds. Disposed exactly once by whoever owns the traveller;
/// after that none of its arrays may be touched. Not thread-safe: one stage at a time holds a traveller.
/// </summary>
public sealed class BufferLease : IDisposable
{
    private readonly BufferPool _pool;
    private readonly List<BufferPool.Rented> _rented = [];
    private bool _disposed;

    internal BufferLease(BufferPool pool) => _pool = pool;

    /// <summary>The pool behind this lease.</summary>
    public BufferPool Pool => _pool;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Rents an array of at least <paramref name="minimum"/> elements, contents arbitrary, until the lease ends.</summary>
    public T[] Rent<T>(int minimum)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BufferPool.Rented rented = _pool.Rent<T>(minimum);
        _rented.Add(rented);
        Bytes += rented.Bytes;
        return (T[])rented.Array;
    }

    /// <summary>Replaces a rented array by a larger one with the same first <paramref name="count"/> elements.</summary>
    public void Grow<T>(ref T[] array, int count, int minimum)
        where T : unmanaged
    {
        T[] larger = Rent<T>(Math.Max(minimum, array.Length * 2));
        Array.Copy(array, larger, count);
        Release(array);
        array = larger;
    }

    /// <summary>Gives one array back before the lease ends.</summary>
    public void Release(Array array)
    {
        int index = _rented.FindLastIndex(r => ReferenceEquals(r.Array, array));
        if (index < 0)
        {
            throw new InvalidOperationException("the array is not of this lease");
        }
        BufferPool.Rented rented = _rented[index];
        _rented.RemoveAt(index);
        Bytes -= rented.Bytes;
        _pool.Return(rented);
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        foreach (BufferPool.Rented rented in _rented)
        {
            _pool.Return(rented);
        }
        _rented.Clear();
        _pool.Closed();
    }
}
