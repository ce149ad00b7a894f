using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Memory;

/// <summary>
/// Arrays for one run, reused by size class and charged to the run's <see cref="MemoryBudget"/> while they exist, in use or idle.
/// Rent through a <see cref="BufferLease"/>, which gives everything back at once. Thread-safe.
/// At most <paramref name="mostIdle"/> bytes are kept for reuse.
/// Contents of a rented array are arbitrary; its length is at least what was asked for.
/// </summary>
public sealed class BufferPool(MemoryBudget budget, long mostIdle = long.MaxValue)
{
    private const int SmallestBytes = 256;
    private readonly ConcurrentDictionary<(Type, int), ConcurrentBag<Rented>> _idle = new();
    private int _outstanding;
    private long _idleBytes;

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
        foreach ((_, ConcurrentBag<Rented> shelf) in _idle)
        {
            while (shelf.TryTake(out Rented rented))
            {
                Interlocked.Add(ref _idleBytes, -rented.Bytes);
                Budget.Release(rented.Bytes);
            }
        }
    }

    internal Rented Rent<T>(int minimum)
        where T : unmanaged
    {
        int length = SizeClass<T>(minimum);
        if (_idle.TryGetValue((typeof(T), length), out ConcurrentBag<Rented>? shelf) && shelf.TryTake(out Rented rented))
        {
            Interlocked.Add(ref _idleBytes, -rented.Bytes);
            return rented;
        }
        rented = new Rented(GC.AllocateUninitializedArray<T>(length), (long)length * Unsafe.SizeOf<T>(), typeof(T));
        Budget.Reserve(rented.Bytes);
        return rented;
    }

    internal void Return(Rented rented)
    {
        // Sizes change while a run adapts; what no longer fits the pattern is left to the collector instead of being kept for ever.
        if (Interlocked.Add(ref _idleBytes, rented.Bytes) > mostIdle)
        {
            Interlocked.Add(ref _idleBytes, -rented.Bytes);
            Budget.Release(rented.Bytes);
            return;
        }
        _idle.GetOrAdd((rented.Element, rented.Array.Length), static _ => []).Add(rented);
    }

    internal void Closed() => Interlocked.Decrement(ref _outstanding);

    /// <summary>Rounds up to 4 classes per power of two, so that at most a fifth of an array is unused.</summary>
    private static int SizeClass<T>(int minimum)
        where T : unmanaged
    {
        long bytes = Math.Max((long)minimum * Unsafe.SizeOf<T>(), SmallestBytes);
        long step = Math.Max(1L << (BitOperations.Log2((ulong)bytes) - 2), SmallestBytes / 4);
        long rounded = (bytes + step - 1) / step * step;
        return (int)Math.Min((rounded + Unsafe.SizeOf<T>() - 1) / Unsafe.SizeOf<T>(), Array.MaxLength);
    }

    /// <summary>An array with what it costs, known where its element type still is.</summary>
    internal readonly record struct Rented(Array Array, long Bytes, Type Element);
}
