using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Framing;

namespace StreamEtl.Parsing;

/// <summary>Only the ends of records, in the places that they have among the ends of all fields: a quarter of a scanner's time goes into the others.</summary>
internal readonly struct RecordEnds : INotedEnds
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(ulong ends, ulong lines, int at, FieldIndex index)
    {
        ref int end = ref MemoryMarshal.GetArrayDataReference(index.Ends);
        ref int record = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(index.RecordEnds), index.RecordCount);
        int fieldBase = index.FieldCount;
        index.RecordCount += BitOperations.PopCount(lines);
        index.FieldCount += BitOperations.PopCount(ends);
        // The first one without asking: a mispredicted branch costs more than writing what the next block overwrites.
        do
        {
            int field = fieldBase + BitOperations.PopCount(ends & ((lines & (0 - lines)) - 1));
            Unsafe.Add(ref end, field) = at + BitOperations.TrailingZeroCount(lines);
            record = field;
            record = ref Unsafe.Add(ref record, 1);
            lines &= lines - 1;
        } while (lines != 0);
    }

    /// <inheritdoc/>
    public bool AreComplete(FieldIndex index)
    {
        if (index.LineEnd == LineEnd.None)
        {
            return false;
        }
        int last = -1;
        foreach (int field in index.RecordEnds.AsSpan(0, index.RecordCount))
        {
            last += index.Width;
            if (field != last)
            {
                return false;
            }
        }
        return true;
    }
}
