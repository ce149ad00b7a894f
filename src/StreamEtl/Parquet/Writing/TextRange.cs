using System.Runtime.CompilerServices;
using StreamEtl.Batches;

namespace StreamEtl.Parquet.Writing;

/// <summary>Smallest and largest of the texts added so far, by byte order. Most texts are told from both by their heads.</summary>
internal ref struct TextRange
{
    /// <summary>No text that is added has a smaller head; 0 until one is.</summary>
    public ulong LeastHead { get; private set; }

    /// <summary>No text that is added has a larger head; 0 until one is, so that no head lies between.</summary>
    public ulong MostHead { get; private set; }

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
        if (head <= LeastHead || head >= MostHead)
        {
            Widen(heap.AsSpan(view.Start, view.Length), head);
        }
    }

    private void Widen(ReadOnlySpan<byte> text, ulong head)
    {
        if (!Any || text.SequenceCompareTo(Min) < 0)
        {
            Min = text;
            LeastHead = head;
        }
        if (!Any || text.SequenceCompareTo(Max) > 0)
        {
            Max = text;
            MostHead = head;
        }
        Any = true;
    }
}
