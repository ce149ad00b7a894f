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
        for (int i = 0; i < views.Length; )
        {
            int last = _seen < _checkAt ? Math.Min(views.Length, i + _checkAt - _seen) : views.Length;
            i += Number(views[i..last], heap, out Entry next, out int slot);
            if (i < last)
            {
                if (_count == MostValues || _bytes > MostBytes)
                {
                    return false;
                }
                _indices[_seen++] = _count;
                _slots[slot] = _count + 1;
                New(heap, next);
                i++;
            }
            if (_seen == _checkAt && !Pays())
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Numbers values up to the first that is new; returns how many. Then it is <paramref name="next"/>, and belongs into <paramref name="free"/>.</summary>
    private unsafe int Number(ReadOnlySpan<TextView> texts, byte[] heap, out Entry next, out int free)
    {
        fixed (TextView* views = texts)
        fixed (byte* place = heap)
        fixed (int* slots = _slots)
        fixed (Entry* entries = _entries)
        fixed (int* indices = &_indices[_seen])
        {
            int shift = 64 - _slotBits;
            int mask = (1 << _slotBits) - 1;
            int lastWhole = heap.Length - TextHead.Bytes;
            for (int i = 0; i < texts.Length; i++)
            {
                TextView view = views[i];
                ulong head;
                ulong tail;
                if (view.Start <= lastWhole)
                {
                    head = TextHead.Of(place + view.Start, view.Length);
                    // The eight bytes before its end, or where there are none before it any, kept when all are the text's.
                    int at = view.Start + view.Length - TextHead.Bytes;
                    tail = *(ulong*)(place + (at & ~(at >> 31))) & (ulong)((8L - view.Length) >> 63);
                }
                else
                {
                    head = TextHead.Of(heap, view);
                    tail = 0;
                }
                ulong hash = Folding.Fold(head ^ ((ulong)view.Length * Folding.Golden), tail ^ Folding.P0);
                if (view.Length > 16)
                {
                    hash = Fold(hash, place + view.Start, view.Length);
                }
                int slot = (int)(hash >> shift);
                int number;
                while (true)
                {
                    number = slots[slot] - 1;
                    if (number < 0)
                    {
                        _seen += i;
                        next = new Entry(head, tail, hash, view);
                        free = slot;
                        return i;
                    }
                    Entry* known = entries + number;
                    if (
                        known->Head == head
                        && known->Tail == tail
                        && known->View.Length == view.Length
                        && (view.Length <= 16 || IsEqual(number, heap, view))
                    )
                    {
                        break;
                    }
                    slot = (slot + 1) & mask;
                }
                indices[i] = number;
            }
            _seen += texts.Length;
            next = default;
            free = 0;
            return texts.Length;
        }
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

    /// <summary>Whether a text of more than 16 bytes that begins and ends as a known one, and is as long, is alike between too.</summary>
    private bool IsEqual(int number, byte[] heap, TextView view) =>
        heap.AsSpan(view.Start + 8, view.Length - 16)
            .SequenceEqual(_heaps[number].AsSpan(_entries[number].View.Start + 8, view.Length - 16));

    /// <summary>Multiply and fold, as wyhash does: what lies between the first and the last eight bytes, eight at a time, overlapping the last.</summary>
    private static unsafe ulong Fold(ulong mixed, byte* text, int length)
    {
        for (int at = 8; at < length - 8; at += 8)
        {
            mixed = Folding.Fold(mixed ^ *(ulong*)(text + at), Folding.P1);
        }
        return mixed;
    }

    /// <summary>A distinct text: what tells it apart, its hash for when the table grows, and where it stands.</summary>
    private readonly record struct Entry(ulong Head, ulong Tail, ulong Hash, TextView View);
}
