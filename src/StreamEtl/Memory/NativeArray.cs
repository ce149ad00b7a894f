using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Memory;

/// <summary>
/// Memory outside the collected heap, for tables that are large, live long and are let go at a known moment: it goes back to the system at once, so that a peak is
/// the size of the table and not that plus its garbage. The owner charges it to the budget. Contents are arbitrary unless asked for zeroed.
/// </summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private T* _items;

    /// <summary>Allocates <paramref name="length"/> items.</summary>
    public NativeArray(int length, bool zeroed = false)
    {
        Length = length;
        _items = (T*)(
            zeroed ? NativeMemory.AllocZeroed((nuint)length, (nuint)sizeof(T)) : NativeMemory.Alloc((nuint)length, (nuint)sizeof(T))
        );
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
        NativeMemory.Free(_items);
        _items = null;
        Length = 0;
    }
}
