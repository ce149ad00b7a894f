using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using StreamEtl.Batches;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// Asks for texts before they are needed. The texts of a column lie a record apart, in blocks that were decoded many megabytes ago: too irregular for the processor to
/// guess, too far for its own reordering to hide.
/// </summary>
internal static unsafe class Prefetch
{
    private const int Ahead = 16;

    /// <summary>Called for value <paramref name="i"/>: asks for the start of a later one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Text(ReadOnlySpan<TextView> views, int i, byte[] heap)
    {
        if (Sse.IsSupported && i + Ahead < views.Length)
        {
            // The address is not read, only hinted at, so it need not stay where it is.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), views[i + Ahead].Start)));
        }
    }
}
