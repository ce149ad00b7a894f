using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Memory outside the collected heap, for tables that are large, live long and are let go at a known moment: it goes back to the system at once, so that a peak is
/// the size of the table and not that plus its garbage. The owner charges it to the budget. Zeroed at first.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    /// <summary>Held while the memory is given back, and while another thread touches it.</summary>
    private readonly Lock _freeing = new();
    private T* _items;

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
    /// Has the pages found by another thread, for a table that is looked up at random from the first row on: a system that hands out zeroed pages, and on a virtual machine a host that has to find
    /// them first, take a quarter of a second for 200 MB, in which whoever looks does nothing else.
    /// </summary>
    public void TouchAhead()
    {
        if (Bytes > SystemMemory.HugePageBytes)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static array => array.Touch(), this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_freeing)
        {
            SystemMemory.Free(_items, (nuint)Bytes);
            _items = null;
            Length = 0;
        }
    }

    /// <summary>
    /// Page by page, by a write that changes nothing. To ask the system for all of them at once would take less code, and hold up whatever else asks it for memory until it has them.
    /// </summary>
    private void Touch()
    {
        for (long at = 0; ; at += SystemMemory.HugePageBytes)
        {
            lock (_freeing)
            {
                if (at + sizeof(long) > Bytes)
                {
                    return;
                }
                Interlocked.Or(ref *(long*)((byte*)_items + at), 0);
            }
        }
    }
}
