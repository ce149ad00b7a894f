using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Arrays for one run, reused by size class and charged to the run's <see cref="MemoryBudget"/> while they exist, in use or idle.
/// Rent through a <see cref="BufferLease"/>, which gives everything back at once. Thread-safe.
/// Once <paramref name="capacity"/> bytes exist, somewhat larger idle arrays serve as well, and those idle for longest make way for new ones of other sizes.
/// Contents of a rented array are arbitrary; its length is at least what was asked for.
/// </summary>
public sealed class BufferPool(MemoryBudget budget, long capacity = long.MaxValue)
{
    private const int SmallestBytes = 256;

    /// <summary>The collector lets dropped arrays pile up as long as the machine has memory: after this share of the capacity it is told to collect.</summary>
    private const int GarbageShare = 4;

    /// <summary>Classes above the wanted one whose arrays serve instead of a new one: up to twice as large.</summary>
    private const int ClassesAbove = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Type Element, int Length), Shelf> _idle = [];
    private long _uses;
    private int _outstanding;
    private long _existing;
    private long _garbage;

    /// <summary>The budget that this pool's arrays are charged to.</summary>
    public MemoryBudget Budget { get; } = budget;

    /// <summary>Leases not yet disposed. Zero at the end of every run, also of a failed one.</summary>
    public int OutstandingLeases => Volatile.Read(ref _outstanding);

    /// <summary>Opens a lease.</summary>
    public BufferLease Lease()
    {
        Interlocked.Increment(ref _outstanding);
        return new BufferLease(this);
    }

    /// <summary>Forgets idle arrays, so that their bytes can be used elsewhere.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            DropUntil(0);
        }
    }

    /// <summary>As <see cref="Trim"/>, and has the collector give the memory back to the system: for the moment when what comes needs arrays of other sizes. Takes milliseconds.</summary>
    public void GiveBack()
    {
        Trim();
        lock (_lock)
        {
            _garbage = 0;
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    internal Rented Rent<T>(int minimum)
        where T : unmanaged
    {
        int length = SizeClass<T>(minimum);
        long bytes = (long)length * Unsafe.SizeOf<T>();
        bool collect;
        lock (_lock)
        {
            if (TryTake<T>(length, out Rented rented) || (_existing + bytes > capacity && TryTakeLarger<T>(length, out rented)))
            {
                return rented;
            }
            DropUntil(capacity - bytes);
            _existing += bytes;
            collect = _garbage > capacity / GarbageShare;
            _garbage = collect ? 0 : _garbage;
        }
        if (collect)
        {
            GC.Collect();
        }
        Budget.Reserve(bytes);
        return new Rented(Allocate<T>(length), bytes, typeof(T));
    }

    /// <summary>Garbage and gaps between arrays may bring the heap to its limit (<see cref="HeapLimit"/>): only what does not fit without them is too much.</summary>
    private T[] Allocate<T>(int length)
    {
        try
        {
            return GC.AllocateUninitializedArray<T>(length);
        }
        catch (OutOfMemoryException)
        {
            GiveBack();
            return GC.AllocateUninitializedArray<T>(length);
        }
    }

    internal void Return(Rented rented)
    {
        lock (_lock)
        {
            ShelfOf(rented.Element, rented.Array.Length).Idle.Push(rented);
        }
    }

    internal void Closed() => Interlocked.Decrement(ref _outstanding);

    private Shelf ShelfOf(Type element, int length)
    {
        if (!_idle.TryGetValue((element, length), out Shelf? shelf))
        {
            _idle[(element, length)] = shelf = new Shelf();
        }
        return shelf;
    }

    private bool TryTake<T>(int length, out Rented rented)
    {
        Shelf shelf = ShelfOf(typeof(T), length);
        shelf.LastUse = ++_uses;
        return shelf.Idle.TryPop(out rented);
    }

    private bool TryTakeLarger<T>(int length, out Rented rented)
        where T : unmanaged
    {
        for (int above = 0; above < ClassesAbove && length < Array.MaxLength; above++)
        {
            length = SizeClass<T>(length + 1);
            if (_idle.TryGetValue((typeof(T), length), out Shelf? shelf) && shelf.Idle.TryPop(out rented))
            {
                return true;
            }
        }
        rented = default;
        return false;
    }

    /// <summary>Drops idle arrays, of the size first that was asked for longest ago, until at most <paramref name="bytes"/> exist or none is idle.</summary>
    private void DropUntil(long bytes)
    {
        while (_existing > bytes && _idle.Values.Where(s => s.Idle.Count > 0).MinBy(s => s.LastUse) is { } shelf)
        {
            while (_existing > bytes && shelf.Idle.TryPop(out Rented rented))
            {
                _existing -= rented.Bytes;
                _garbage += rented.Bytes;
                Budget.Release(rented.Bytes);
            }
        }
    }

    /// <summary>Rounds up to 4 classes per power of two, so that at most a fifth of an array is unused.</summary>
    private static int SizeClass<T>(int minimum)
        where T : unmanaged
    {
        long bytes = Math.Max((long)minimum * Unsafe.SizeOf<T>(), SmallestBytes);
        long step = Math.Max(1L << (BitOperations.Log2((ulong)bytes) - 2), SmallestBytes / 4);
        long rounded = (bytes + step - 1) / step * step;
        return (int)Math.Min((rounded + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>(), Array.MaxLength);
    }

    /// <summary>Idle arrays of one size, and when that was asked for last.</summary>
    private sealed class Shelf
    {
        public Stack<Rented> Idle { get; } = [];

        public long LastUse { get; set; }
    }

    /// <summary>An array with what it costs, known where its element type still is.</summary>
    internal readonly record struct Rented(Array Array, long Bytes, Type Element);
}
