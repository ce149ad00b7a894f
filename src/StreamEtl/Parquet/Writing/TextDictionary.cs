using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>As <see cref="LongDictionary"/>, for texts: values stay where they are, and are told apart by a hash of their ends and length, then by their bytes.</summary>
internal sealed class TextDictionary
{
    private const int Sample = 8192;
    private const int MostValues = 1 << 15;
    private const int MostBytes = 1 << 20;
    private const int SlotBits = 17;

    private readonly TextView[] _views;
    private readonly byte[][] _heaps;

    private TextDictionary(TextView[] views, byte[][] heaps, int count, int[] indices)
    {
        _views = views;
        _heaps = heaps;
        Count = count;
        Indices = indices;
    }

    /// <summary>Distinct values.</summary>
    public int Count { get; }

    /// <summary>For each value of the column, its number.</summary>
    public int[] Indices { get; }

    /// <summary>Bits of an index.</summary>
    public int Width => HybridEncoder.Width(Count - 1);

    /// <summary>The bytes of a distinct value.</summary>
    public ReadOnlySpan<byte> this[int number] => _heaps[number].AsSpan(_views[number].Start, _views[number].Length);

    /// <summary>Builds a dictionary, or null when it does not pay.</summary>
    public static TextDictionary? TryBuild(ColumnValues column, BufferLease lease)
    {
        int[] slots = lease.Rent<int>(1 << SlotBits);
        Array.Clear(slots, 0, 1 << SlotBits);
        TextView[] views = lease.Rent<TextView>(MostValues + 1);
        ulong[] hashes = lease.Rent<ulong>(MostValues + 1);
        byte[][] heaps = new byte[256][];
        int[] indices = lease.Rent<int>(Math.Max(column.Present, 1));
        int count = 0;
        long bytes = 0;
        bool pays = true;
        foreach ((int start, int end, byte[] heap) in TextRuns.Of(column, 0, column.Present))
        {
            for (int i = start; i < end && pays; i++)
            {
                TextView view = column.Views[i];
                ulong hash = Hash(heap, view);
                int slot = (int)(hash >> (64 - SlotBits));
                int number;
                while ((number = slots[slot] - 1) >= 0 && !(hashes[number] == hash && Equal(heaps[number], views[number], heap, view)))
                {
                    slot = (slot + 1) & ((1 << SlotBits) - 1);
                }
                if (number < 0)
                {
                    number = count++;
                    if (number == heaps.Length)
                    {
                        Array.Resize(ref heaps, heaps.Length * 4);
                    }
                    views[number] = view;
                    hashes[number] = hash;
                    heaps[number] = heap;
                    slots[slot] = count;
                    bytes += view.Length + 4;
                    pays = count <= MostValues && bytes <= MostBytes;
                }
                indices[i] = number;
                pays &= i + 1 != Sample || count <= Sample / 2;
            }
        }
        lease.Release(slots);
        lease.Release(hashes);
        // A short column never reaches the sample's check: there, too, each value must occur twice on average.
        if (pays && (column.Present >= Sample || count <= Math.Max(column.Present / 2, 1)))
        {
            return new TextDictionary(views, heaps, count, indices);
        }
        lease.Release(views);
        lease.Release(indices);
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(byte[] heap, TextView view)
    {
        ref byte text = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start);
        ulong mixed = (ulong)view.Length * 0x9E3779B97F4A7C15;
        int left = view.Length;
        while (left > 8)
        {
            mixed = Fold(mixed ^ Unsafe.ReadUnaligned<ulong>(ref text), 0xA0761D6478BD642F);
            text = ref Unsafe.Add(ref text, 8);
            left -= 8;
        }
        ulong last = 0;
        for (int i = 0; i < left; i++)
        {
            last = last << 8 | Unsafe.Add(ref text, i);
        }
        return Fold(mixed ^ last, 0xE7037ED1A0B428DB);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    private static bool Equal(byte[] heapA, TextView a, byte[] heapB, TextView b) =>
        a.Length == b.Length && heapA.AsSpan(a.Start, a.Length).SequenceEqual(heapB.AsSpan(b.Start, b.Length));
}
