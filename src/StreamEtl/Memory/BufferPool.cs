using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Arrays for one run, reused by size class and charged to the run's <see cref="MemoryBudget"/> while they exist, in use or idle.
/// Rent through a <see cref="BufferLease"/>, which gives everything back at once. Thread-safe.
/// Somewhat larger idle arrays serve as well: memory that the process has is faster than memory that it has yet to get. Once as many bytes exist as its capacity is, those idle for longest make
/// way for new ones of other sizes.
/// Contents of a rented array are arbitrary; its length is at least what was asked for.
/// </summary>
public sealed class BufferPool
{
    /// <summary>Smallest array, a power of two, and sizes for each doubling of it: at most a fifth of an array is unused.</summary>
    private const int SmallestBits = 8;
    private const int ClassBits = 2;

    /// <summary>More than the largest array needs.</summary>
    private const int Classes = 128;

    /// <summary>The collector lets dropped arrays pile up as long as the machine has memory: after this share of the capacity it is told to collect.</summary>
    private const int GarbageShare = 4;

    /// <summary>Classes above the wanted one whose arrays serve instead of a new one: up to twice as large.</summary>
    private const int ClassesAbove = 4;

    /// <summary>
    /// From so many bytes on the collector leaves arrays where they are unless it is told otherwise. It would move smaller ones from generation to generation, and again whenever it makes room:
    /// they live as long as the run, so they are made where it moves nothing. Large ones stay movable, for memory that is so short that gaps between them count.
    /// </summary>
    private const int LargeBytes = 85_000;

    private readonly Lock _lock = new();
    private readonly long _capacity;
    private readonly Dictionary<Type, Shelf?[]> _shelves = [];
    private long _uses;
    private int _outstanding;
    private long _existing;
    private long _garbage;

    /// <summary>An empty pool for <paramref name="capacity"/> bytes; arrays in use may be more.</summary>
    public BufferPool(MemoryBudget budget, long capacity = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(budget);
        Budget = budget;
        _capacity = capacity;
        budget.Add(this);
    }

    /// <summary>The budget that this pool's arrays are charged to.</summary>
    public MemoryBudget Budget { get; }

    /// <summary>Leases not yet disposed. Zero at the end of every run, also of a failed one.</summary>
    public int OutstandingLeases => Volatile.Read(ref _outstanding);

    /// <summary>Opens a lease.</summary>
    public BufferLease Lease()
    {
        Interlocked.Increment(ref _outstanding);
        return new BufferLease(this);
    }

    /// <summary>Forgets idle arrays, so that their bytes can be used elsewhere; <paramref name="collects"/>: the caller has the collector run next.</summary>
    public void Trim(bool collects = false)
    {
        lock (_lock)
        {
            DropUntil(0);
            _garbage = collects ? 0 : _garbage;
        }
    }

    internal Rented Rent<T>(int minimum)
        where T : unmanaged
    {
        try
        {
            return TakeOrMake<T>(minimum);
        }
        catch (OutOfMemoryException)
        {
            // Garbage, gaps between arrays, and what other pools have idle may bring the heap to its limit (HeapLimit): only what does not fit without them is too much.
            Budget.GiveBack();
            return TakeOrMake<T>(minimum);
        }
    }

    private Rented TakeOrMake<T>(int minimum)
        where T : unmanaged
    {
        int sizeClass = ClassOf((long)minimum * Unsafe.SizeOf<T>());
        int length = (int)Math.Min((BytesOf(sizeClass) + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>(), Array.MaxLength);
        long bytes = (long)length * Unsafe.SizeOf<T>();
        Shelf shelf;
        bool collect;
        lock (_lock)
        {
            Shelf?[] shelves = ShelvesOf(typeof(T));
            shelf = shelves[sizeClass] ??= new Shelf();
            shelf.LastUse = ++_uses;
            if (shelf.Idle.TryPop(out Rented rented) || TryTakeLarger(shelves, sizeClass, out rented))
            {
                return rented;
            }
            DropUntil(_capacity - bytes);
            shelf.Grow();
            _existing += bytes;
            collect = _garbage > _capacity / GarbageShare;
            _garbage = collect ? 0 : _garbage;
        }
        if (collect)
        {
            GC.Collect();
        }
        Budget.Reserve(bytes);
        try
        {
            return new Rented(GC.AllocateUninitializedArray<T>(length, pinned: bytes < LargeBytes), bytes, typeof(T), sizeClass);
        }
        catch (OutOfMemoryException)
        {
            Forget(shelf, bytes);
            throw;
        }
    }

    private void Forget(Shelf shelf, long bytes)
    {
        lock (_lock)
        {
            shelf.Arrays--;
            _existing -= bytes;
        }
        Budget.Release(bytes);
    }

    internal void Return(Rented rented)
    {
        lock (_lock)
        {
            _shelves[rented.Element][rented.SizeClass]!.Idle.Push(rented);
        }
    }

    internal void Closed() => Interlocked.Decrement(ref _outstanding);

    private Shelf?[] ShelvesOf(Type element)
    {
        if (!_shelves.TryGetValue(element, out Shelf?[]? shelves))
        {
            _shelves[element] = shelves = new Shelf?[Classes];
        }
        return shelves;
    }

    private static bool TryTakeLarger(Shelf?[] shelves, int sizeClass, out Rented rented)
    {
        for (int above = sizeClass + 1; above <= sizeClass + ClassesAbove && above < Classes; above++)
        {
            if (shelves[above] is { } shelf && shelf.Idle.TryPop(out rented))
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
        while (_existing > bytes && OldestShelf() is { } shelf)
        {
            while (_existing > bytes && shelf.Idle.TryPop(out Rented rented))
            {
                shelf.Arrays--;
                _existing -= rented.Bytes;
                _garbage += rented.Bytes;
                Budget.Release(rented.Bytes);
            }
        }
    }

    private Shelf? OldestShelf()
    {
        Shelf? oldest = null;
        foreach (Shelf?[] shelves in _shelves.Values)
        {
            foreach (Shelf? shelf in shelves)
            {
                if (shelf is { Idle.Count: > 0 } && (oldest is null || shelf.LastUse < oldest.LastUse))
                {
                    oldest = shelf;
                }
            }
        }
        return oldest;
    }

    /// <summary>The smallest class that holds so many bytes.</summary>
    private static int ClassOf(long bytes)
    {
        bytes = Math.Max(bytes, 1 << SmallestBits);
        int doublings = BitOperations.Log2((ulong)bytes);
        long step = 1L << (doublings - ClassBits);
        return ((doublings - SmallestBits - 1) << ClassBits) + (int)((bytes + step - 1) / step);
    }

    /// <summary>Bytes of a class: 256, 320, 384, 448, 512, 640, …</summary>
    private static long BytesOf(int sizeClass)
    {
        const int PerDoubling = 1 << ClassBits;
        return (long)(PerDoubling + (sizeClass % PerDoubling)) << ((sizeClass / PerDoubling) + SmallestBits - ClassBits);
    }

    /// <summary>Idle arrays of one size, and when that was asked for last.</summary>
    private sealed class Shelf
    {
        public Stack<Rented> Idle { get; } = [];

        /// <summary>Arrays of the size that exist, idle or not.</summary>
        public int Arrays { get; set; }

        public long LastUse { get; set; }

        /// <summary>Counts one more array, and has room for it when it comes back: giving back must not fail where memory is short.</summary>
        public void Grow()
        {
            Idle.EnsureCapacity(Arrays + 1);
            Arrays++;
        }
    }

    /// <summary>An array with what it costs, known where its element type still is.</summary>
    internal readonly record struct Rented(Array Array, long Bytes, Type Element, int SizeClass);
}
