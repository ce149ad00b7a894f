using System.Numerics;
using System.Runtime.CompilerServices;

namespace StreamEtl.Parsing;

/// <summary>Every field's end.</summary>
internal readonly struct FieldEnds : INotedEnds
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(ulong ends, ulong lines, int at, int fields, ref int fieldEnds, ref int record)
    {
        // One line and eight fields without asking: a mispredicted branch costs more than writing positions that the next step overwrites.
        do
        {
            record = fields + BitOperations.PopCount(ends & ((lines & (0 - lines)) - 1));
            record = ref Unsafe.Add(ref record, 1);
            lines &= lines - 1;
        } while (lines != 0);
        ref int field = ref Unsafe.Add(ref fieldEnds, fields);
        NoteFour(ref field, ref ends, at);
        NoteFour(ref Unsafe.Add(ref field, 4), ref ends, at);
        while (ends != 0)
        {
            field = ref Unsafe.Add(ref field, 4);
            NoteFour(ref Unsafe.Add(ref field, 4), ref ends, at);
        }
    }

    /// <inheritdoc/>
    public bool AreComplete(FieldIndex index) => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void NoteFour(ref int field, ref ulong ends, int at)
    {
        field = at + BitOperations.TrailingZeroCount(ends);
        ends &= ends - 1;
        Unsafe.Add(ref field, 1) = at + BitOperations.TrailingZeroCount(ends);
        ends &= ends - 1;
        Unsafe.Add(ref field, 2) = at + BitOperations.TrailingZeroCount(ends);
        ends &= ends - 1;
        Unsafe.Add(ref field, 3) = at + BitOperations.TrailingZeroCount(ends);
        ends &= ends - 1;
    }
}
