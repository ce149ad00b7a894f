using System.Numerics;
using StreamEtl.Batches;

namespace StreamEtl.Spill;

/// <summary>
/// Numbers the distinct keys of a partition from 0 on: open addressing over hashes, linear probing. With contents, keys of one hash are one key only if their
/// contents are equal too.
/// </summary>
internal sealed class KeyIndex
{
    private int[] _slots = new int[1024];
    private Hash128[] _keys = new Hash128[512];
    private byte[]?[] _contents = [];

    /// <summary>Distinct keys.</summary>
    public int Count { get; private set; }

    /// <summary>The number of a key; a new one is the old <see cref="Count"/>.</summary>
    public int FindOrAdd(in Hash128 key, ReadOnlySpan<byte> content)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)key.Low & mask; ; slot = (slot + 1) & mask)
        {
            int number = _slots[slot] - 1;
            if (number < 0)
            {
                return Add(key, content, slot);
            }
            if (_keys[number] == key && (content.IsEmpty || content.SequenceEqual(_contents[number])))
            {
                return number;
            }
        }
    }

    /// <summary>Forgets all keys; keeps the arrays.</summary>
    public void Clear()
    {
        Array.Clear(_slots);
        Array.Clear(_contents);
        Count = 0;
    }

    private int Add(in Hash128 key, ReadOnlySpan<byte> content, int slot)
    {
        if (Count == _keys.Length)
        {
            Grow();
            return FindOrAdd(key, content);
        }
        if (!content.IsEmpty)
        {
            if (_contents.Length < _keys.Length)
            {
                Array.Resize(ref _contents, _keys.Length);
            }
            _contents[Count] = content.ToArray();
        }
        _keys[Count] = key;
        _slots[slot] = ++Count;
        return Count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        _slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)_keys.Length * 2)];
        int mask = _slots.Length - 1;
        for (int number = 0; number < Count; number++)
        {
            int slot = (int)_keys[number].Low & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            _slots[slot] = number + 1;
        }
    }
}
