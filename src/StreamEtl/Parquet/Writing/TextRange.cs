using System.Runtime.CompilerServices;
using StreamEtl.Batches;

namespace StreamEtl.Parquet.Writing;

/// <summary>Smallest and largest of the texts added so far, by byte order. Most texts are told from both by their heads.</summary>
internal ref struct TextRange
{
    private ulong _minHead;
    private ulong _maxHead;

    /// <summary>False until a text is added.</summary>
    public bool Any { get; private set; }

    /// <summary>The smallest.</summary>
    public ReadOnlySpan<byte> Min { get; private set; }

    /// <summary>The largest.</summary>
    public ReadOnlySpan<byte> Max { get; private set; }

    /// <summary>Adds a text that lies in <paramref name="heap"/>; <paramref name="head"/> is its <see cref="TextHead"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(byte[] heap, TextView view, ulong head)
    {
        // While nothing is added both are 0, and no head lies between.
        if (head <= _minHead || head >= _maxHead)
        {
            Widen(heap.AsSpan(view.Start, view.Length), head);
        }
    }

    private void Widen(ReadOnlySpan<byte> text, ulong head)
    {
        if (!Any || text.SequenceCompareTo(Min) < 0)
        {
            Min = text;
            _minHead = head;
        }
        if (!Any || text.SequenceCompareTo(Max) > 0)
        {
            Max = text;
            _maxHead = head;
        }
        Any = true;
    }
}
