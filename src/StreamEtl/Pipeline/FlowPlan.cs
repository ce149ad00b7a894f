using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Memory;

namespace StreamEtl.Pipeline;

/// <summary>
/// How <c>--memory</c> is divided, made before anything is read: bytes in flight between stages, bytes that one output part may gather, and the
/// rest for tables of keys. The worst case, every part full and every thread busy, fits in <see cref="InFlightBytes"/> by construction.
/// </summary>
/// <param name="InFlightBytes">Capacity of the byte gate.</param>
/// <param name="PartBytes">Bytes of batches after which an output part is closed though it has fewer rows than it wants.</param>
/// <param name="LargestBatch">Ceiling of the batch size, in bytes of input.</param>
/// <param name="Threads">Width of the parallel stages.</param>
internal sealed record FlowPlan(long InFlightBytes, long PartBytes, int LargestBatch, int Threads)
{
    /// <summary>Below this no plan is honest: the runtime itself, one batch for each stage and one part do not fit.</summary>
    public const long SmallestMemory = 64_000_000;

    /// <summary>
    /// What a thread needs: its share of batches and parts, the collector's own memory for it, and the columns of a wide table, of each of which it holds arrays. With less some runs end for
    /// want of memory that fewer threads would have finished.
    /// </summary>
    private const long LeastPerThread = 20_000_000;

    /// <summary>More bytes in flight than this bring no speed, only cache misses.</summary>
    private const long EnoughPerThread = 64L << 20;

    /// <summary>How many of <paramref name="threads"/> have work in <paramref name="memory"/> bytes.</summary>
    public static int ThreadsFor(long memory, int threads) => (int)Math.Clamp(memory / LeastPerThread, 1, threads);

    /// <summary>Divides <paramref name="memory"/> bytes, of which <paramref name="transfers"/> are under way to and from stores, or with their clients.</summary>
    public static FlowPlan For(long memory, int threads, long transfers = 0)
    {
        if (memory < SmallestMemory)
        {
            throw new StreamEtlException(
                ErrorKind.MemoryTooSmall,
                string.Create(CultureInfo.InvariantCulture, $"--memory of {memory / 1e6:0.#} MB is too small"),
                hint: $"give at least {SmallestMemory / 1_000_000}MB"
            );
        }
        long inFlight = Math.Min((Math.Min(memory, HeapLimit.Bytes(memory)) - transfers) * 2 / 5, EnoughPerThread * threads);
        long part = inFlight / (threads + 2);
        // A decoded batch holds about four times its input; each thread decodes one while as many wait.
        int largest = (int)Math.Clamp(inFlight / (16L * threads), 64 << 10, 1 << 20);
        return new FlowPlan(inFlight, part, largest, threads);
    }
}
