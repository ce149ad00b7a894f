using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Memory outside the collected heap, for tables that are large, live long and are let go at a known moment: it goes back to the system at once, so that a peak is
/// the size of the table and not that plus its garbage. The owner charges it to the budget. Zeroed at first.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
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

    /// <inheritdoc/>
    public void Dispose()
    {
        SystemMemory.Free(_items, (nuint)Bytes);
        _items = null;
        Length = 0;
    }
}
