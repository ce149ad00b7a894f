using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Parquet.Writing;

/// <summary>
/// Numbers the distinct texts of a column, giving up as soon as they are too many to pay. Texts are told apart by their length and their first and last eight bytes,
/// which stand together beside the table, and only those of more than 16 bytes by the rest. The table grows with the texts: that of a few fits into the nearest cache.
/// </summary>
internal sealed class TextDictionaryBuilder(int values, BufferLease lease)
{
    private const int Sample = 8192;
    private const int EarlySample = Sample / 2;
    private const int EarlyMost = EarlySample - (EarlySample / 32);
    private const int MostValues = 1 << 15;
    private const int MostBytes = 1 << 20;
    private const int FirstSlotBits = 10;

    private int[] _slots = NewSlots(FirstSlotBits, lease);
    private int _slotBits = FirstSlotBits;
    private readonly Entry[] _entries = lease.Rent<Entry>(MostValues);
    private readonly int[] _indices = lease.Rent<int>(Math.Max(values, 1));
    private byte[][] _heaps = new byte[256][];
    private int _count;
    private int _seen;
    private int _checkAt = EarlySample;
    private long _bytes;

    /// <summary>Adds values that lie in one array; false when a dictionary does not pay.</summary>
    public bool Add(ReadOnlySpan<TextView> views, byte[] heap)
    {
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            Prefetch.Text(views, i, heap);
            ulong head = TextHead.Of(heap, view);
            ulong tail = Tail(heap, view);
            ulong hash = Hash(heap, view, head, tail);
            int mask = (1 << _slotBits) - 1;
            int slot = (int)(hash >> (64 - _slotBits));
            int number;
            while ((number = _slots[slot] - 1) >= 0 && !IsEqual(number, heap, view, head, tail))
            {
                slot = (slot + 1) & mask;
            }
            if (number < 0)
            {
                if (_count == MostValues || _bytes > MostBytes)
                {
                    return false;
                }
                number = _count;
                _slots[slot] = number + 1;
                New(heap, new Entry(head, tail, hash, view));
            }
            _indices[_seen++] = number;
            if (_seen == _checkAt && !Pays())
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
        if (_seen < Sample && _count > Math.Max(_seen / 2, 1))
        {
            return null;
        }
        TextView[] views = lease.Rent<TextView>(Math.Max(_count, 1));
        for (int i = 0; i < _count; i++)
        {
            views[i] = _entries[i].View;
        }
        lease.Release(_entries);
        return new TextDictionary(views, _heaps, _count, _indices);
    }

    /// <summary>Asked at two places: nearly nothing but new texts is told early, too many of them a little later.</summary>
    private bool Pays()
    {
        bool isEarly = _checkAt < Sample;
        _checkAt = Sample;
        return _count <= (isEarly ? EarlyMost : Sample / 2);
    }

    private static int[] NewSlots(int bits, BufferLease lease)
    {
        int[] slots = lease.Rent<int>(1 << bits);
        Array.Clear(slots, 0, 1 << bits);
        return slots;
    }

    private void New(byte[] heap, Entry entry)
    {
        if (_count == _heaps.Length)
        {
            Array.Resize(ref _heaps, _heaps.Length * 4);
        }
        _entries[_count] = entry;
        _heaps[_count] = heap;
        _bytes += entry.View.Length + sizeof(int);
        _count++;
        if (_count > 1 << (_slotBits - 1))
        {
            Grow();
        }
    }

    private void Grow()
    {
        lease.Release(_slots);
        _slotBits += 2;
        _slots = NewSlots(_slotBits, lease);
        int mask = (1 << _slotBits) - 1;
        for (int i = 0; i < _count; i++)
        {
            int slot = (int)(_entries[i].Hash >> (64 - _slotBits));
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            _slots[slot] = i + 1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsEqual(int number, byte[] heap, TextView view, ulong head, ulong tail)
    {
        ref Entry known = ref _entries[number];
        return known.Head == head
            && known.Tail == tail
            && known.View.Length == view.Length
            && (
                view.Length <= 16
                || heap.AsSpan(view.Start + 8, view.Length - 16)
                    .SequenceEqual(_heaps[number].AsSpan(known.View.Start + 8, known.View.Length - 16))
            );
    }

    /// <summary>The last eight bytes of a text longer than that; 0 for others, which their head tells whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Tail(byte[] heap, TextView view)
    {
        if (heap.Length < 8)
        {
            return 0;
        }
        // No branch on the length here either: the eight bytes before the end, kept when all are the text's. Where the heap has none there, any do to be dropped.
        int at = view.Start + view.Length - 8;
        ulong eight = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), at & ~(at >> 31)));
        return eight & (ulong)((8L - view.Length) >> 63);
    }

    /// <summary>Multiply and fold, as wyhash does; of texts beyond 16 bytes also what lies between, eight at a time, overlapping the tail.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(byte[] heap, TextView view, ulong head, ulong tail)
    {
        ulong mixed = Folding.Fold(head ^ ((ulong)view.Length * Folding.Golden), tail ^ Folding.P0);
        if (view.Length > 16)
        {
            ref byte text = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(heap), view.Start);
            for (int at = 8; at < view.Length - 8; at += 8)
            {
                mixed = Folding.Fold(mixed ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at)), Folding.P1);
            }
        }
        return mixed;
    }

    /// <summary>A distinct text: what tells it apart, its hash for when the table grows, and where it stands.</summary>
    private readonly record struct Entry(ulong Head, ulong Tail, ulong Hash, TextView View);
}
