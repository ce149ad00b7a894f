using System.Runtime.CompilerServices;

namespace StreamEtl.Batches;

/// <summary>
/// The order in which the slots of an open addressing table are looked at, where a slot has 16 bytes and the table is too large for the caches: the four slots of the line of memory that the
/// hash chooses, from the one it chooses on and round, and only then those of the next line. The first line is on its way before it is looked at; going on to the next slot whatever its line, as
/// linear probing does, every fourth search would wait for one that is not.
/// </summary>
internal static class SlotLine
{
    /// <summary>Slots of a line; the length of a table is a multiple.</summary>
    public const int Slots = 4;

    /// <summary>A length for a table of about as many slots.</summary>
    public static int Length(long slots) => (int)((slots + Slots - 1) & -Slots);

    /// <summary>The slot to look at after <paramref name="slot"/>, when so many were <paramref name="looked"/> at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next(int slot, int looked, int length)
    {
        if (looked % Slots != 0)
        {
            return (slot & -Slots) | ((slot + 1) & (Slots - 1));
        }
        int next = slot + Slots;
        return next < length ? next : next - length;
    }
}
