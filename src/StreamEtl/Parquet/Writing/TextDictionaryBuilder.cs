using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// Numbers the distinct texts of a column, giving up as soon as they are too many to pay. Texts are told apart by their length and their first and last eight bytes,
/// which are kept beside the table, and only those of more than 16 bytes by the rest.
/// </summary>
internal sealed class TextDictionaryBuilder(int values, BufferLease lease)
{
    private const int Sample = 8192;
    private const int MostValues = 1 << 15;
    private const int MostBytes = 1 << 20;
    private const int SlotBits = 16;

    private readonly int[] _slots = NewSlots(lease);
    private readonly TextView[] _views = lease.Rent<TextView>(MostValues + 1);
    private readonly ulong[] _heads = lease.Rent<ulong>(MostValues + 1);
    private readonly ulong[] _tails = lease.Rent<ulong>(MostValues + 1);
    private readonly int[] _indices = lease.Rent<int>(Math.Max(values, 1));
    private byte[][] _heaps = new byte[256][];
    private int _count;
    private int _seen;
    private long _bytes;

    /// <summary>Adds values that lie in one array; false when a dictionary does not pay.</summary>
    public bool Add(ReadOnlySpan<TextView> views, byte[] heap)
    {
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            ulong head = TextHead.Of(heap, view);
            ulong tail = Tail(heap, view);
            uint slot = (uint)(Hash(heap, view, head, tail) >> (64 - SlotBits));
            int number;
            while ((number = _slots[slot] - 1) >= 0 && !IsEqual(number, heap, view, head, tail))
            {
                slot = (slot + 1) & ((1 << SlotBits) - 1);
            }
            if (number < 0)
            {
                number = New(heap, view, head, tail);
                _slots[slot] = _count;
                if (_count > MostValues || _bytes > MostBytes)
                {
                    return false;
                }
            }
            _indices[_seen++] = number;
            if (_seen == Sample && _count > Sample / 2)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The dictionary; null when a column too short for the sample's check holds each value less than twice on average.</summary>
    public TextDictionary? Build()
    {
        lease.Release(_slots);
        lease.Release(_heads);
        lease.Release(_tails);
        return _seen >= Sample || _count <= Math.Max(_seen / 2, 1) ? new TextDictionary(_views, _heaps, _count, _indices) : null;
    }

    private static int[] NewSlots(BufferLease lease)
    {
        int[] slots = lease.Rent<int>(1 << SlotBits);
        Array.Clear(slots, 0, 1 << SlotBits);
        return slots;
    }

    private int New(byte[] heap, TextView view, ulong head, ulong tail)
    {
        if (_count == _heaps.Length)
        {
            Array.Resize(ref _heaps, _heaps.Length * 4);
        }
        _views[_count] = view;
        _heads[_count] = head;
        _tails[_count] = tail;
        _heaps[_count] = heap;
        _bytes += view.Length + sizeof(int);
        return _count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsEqual(int number, byte[] heap, TextView view, ulong head, ulong tail)
    {
        TextView known = _views[number];
        return _heads[number] == head
            && _tails[number] == tail
            && known.Length == view.Length
            && (
                view.Length <= 16
                || heap.AsSpan(view.Start + 8, view.Length - 16).SequenceEqual(_heaps[number].AsSpan(known.Start + 8, known.Length - 16))
            );
    }

    /// <summary>The last eight bytes of a text longer than that; 0 for others, which their head tells whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(byte[] heap, TextView view) =>
        view.Length > 8
            ? Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start + view.Length - 8))
            : 0;

    /// <summary>Multiply and fold, as wyhash does; of texts beyond 16 bytes also what lies between, eight at a time, overlapping the tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(byte[] heap, TextView view, ulong head, ulong tail)
    {
        ulong mixed = Fold(head ^ ((ulong)view.Length * 0x9E3779B97F4A7C15), tail ^ 0xA0761D6478BD642F);
        if (view.Length > 16)
        {
            ref byte text = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start);
            for (int at = 8; at < view.Length - 8; at += 8)
            {
                mixed = Fold(mixed ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at)), 0xE7037ED1A0B428DB);
            }
        }
        return mixed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
