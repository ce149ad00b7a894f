using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StreamEtl.Parsing;

/// <summary>Every field's end.</summary>
internal readonly struct FieldEnds : INotedEnds
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(ulong ends, ulong lines, int at, FieldIndex index)
    {
        ref int field = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(index.Ends), index.FieldCount);
        ref int record = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(index.RecordEnds), index.RecordCount);
        int fieldBase = index.FieldCount;
        index.RecordCount += BitOperations.PopCount(lines);
        index.FieldCount += BitOperations.PopCount(ends);
        // One line and four fields at a time without asking: a mispredicted branch costs more than writing positions that the next block overwrites.
        do
        {
            record = fieldBase + BitOperations.PopCount(ends & ((lines & (0 - lines)) - 1));
            record = ref Unsafe.Add(ref record, 1);
            lines &= lines - 1;
        } while (lines != 0);
        while (ends != 0)
        {
            field = at + BitOperations.TrailingZeroCount(ends);
            ends &= ends - 1;
            Unsafe.Add(ref field, 1) = at + BitOperations.TrailingZeroCount(ends);
            ends &= ends - 1;
            Unsafe.Add(ref field, 2) = at + BitOperations.TrailingZeroCount(ends);
            ends &= ends - 1;
            Unsafe.Add(ref field, 3) = at + BitOperations.TrailingZeroCount(ends);
            ends &= ends - 1;
            field = ref Unsafe.Add(ref field, 4);
        }
    }

    /// <inheritdoc/>
    public bool AreComplete(FieldIndex index) => true;
}
