using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Memory outside the collected heap, for tables that are large, live long and are let go at a known moment: it goes back to the system at once, so that a peak is
/// the size of the table and not that plus its garbage. The owner charges it to the budget. Zeroed at first.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private const int PopulatedAtOnce = 4 << 20;

    private T* _items;
    private Thread? _populating;
    private volatile bool _disposed;

    /// <summary>Allocates <paramref name="length"/> items.</summary>
    public NativeArray(int length)
    {
        Length = length;
        _items = (T*)SystemMemory.Allocate((nuint)Bytes);
    }

    /// <summary>Items.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes.</summary>
    public long Bytes => (long)Length * sizeof(T);

    /// <summary>All items.</summary>
    public Span<T> Span => new(_items, Length);

    /// <summary>An item, unchecked: <paramref name="index"/> is the caller's own arithmetic.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _items[index];
    }

    /// <summary>
    /// Has the system find all pages meanwhile, on a thread of its own: for tables that are looked up at random from the beginning. On a virtual machine whose host has to find them too, the
    /// pages of a table of 200 MB took half a second, in which nothing else was done.
    /// </summary>
    public void PopulateAhead()
    {
        if (Bytes >= PopulatedAtOnce)
        {
            _populating = new Thread(Populate) { IsBackground = true };
            _populating.Start();
        }
    }

    private void Populate()
    {
        byte* end = (byte*)_items + Bytes;
        for (byte* at = (byte*)_items; at < end && !_disposed; at += PopulatedAtOnce)
        {
            if (!SystemMemory.Populate(at, (nuint)Math.Min(PopulatedAtOnce, end - at)))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _populating?.Join();
        _populating = null;
        SystemMemory.Free(_items, (nuint)Bytes);
        _items = null;
        Length = 0;
    }
}
