using System.Numerics;
using System.Runtime.Intrinsics;

namespace StreamEtl.Compression;

/// <summary>
/// Snappy blocks of texts that lie end to end and end alike: addresses of a few domains, files of a few kinds. Only the end of each text is compared, with that of the last one which ended in the same
/// four bytes. Nothing is searched and no step waits for the one before it, so this takes a quarter of <see cref="Snappy"/>'s time.
/// </summary>
internal static class SnappyTails
{
    private const int TableBits = 8;

    /// <summary>Bytes of an end that are compared, at most.</summary>
    private const int Tail = 16;

    /// <summary>A copy of fewer takes as much as it saves.</summary>
    private const int ShortestCopy = 5;

    private const int FarthestCopy = ushort.MaxValue;

    /// <summary>
    /// Compresses; returns the bytes written. <paramref name="ends"/>: where the texts end, ascending, counted from <paramref name="offset"/> bytes before the source; those that end before it are
    /// passed over. <paramref name="destination"/> holds at least <see cref="Snappy.MaxCompressedLength"/>.
    /// </summary>
    public static unsafe int Compress(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Snappy.MaxCompressedLength(source.Length));
        Span<int> table = stackalloc int[1 << TableBits];
        table.Clear();
        fixed (byte* bytes = source)
        fixed (byte* output = destination)
        fixed (int* slots = table)
        {
            byte* to = output + SnappyElements.Length(source.Length, destination);
            byte* literal = bytes;
            int start = 0;
            foreach (int position in ends)
            {
                int end = position - offset;
                int length = end - start;
                start = Math.Max(end, 0);
                if (end < Tail || end > source.Length - SnappyElements.Margin)
                {
                    continue;
                }
                int* slot = slots + (*(uint*)(bytes + end - sizeof(uint)) * SnappyElements.Multiplier >> (32 - TableBits));
                int known = *slot;
                *slot = end;
                if (known == 0)
                {
                    continue;
                }
                Vector128<byte> same = Vector128.Equals(Vector128.Load(bytes + end - Tail), Vector128.Load(bytes + known - Tail));
                int alike = BitOperations.LeadingZeroCount(~(same.ExtractMostSignificantBits() << (32 - Tail)));
                // Not beyond the text: what is before it has been written.
                int run = Math.Min(alike, length);
                if (run < ShortestCopy || end - known > FarthestCopy)
                {
                    continue;
                }
                byte* copy = bytes + end - run;
                if (copy - literal > SnappyElements.LongestLiteral)
                {
                    to = Literals(ref literal, copy, to);
                }
                to = SnappyElements.Literal(literal, (int)(copy - literal), to);
                to = SnappyElements.Copy(end - known, run, to);
                literal = bytes + end;
            }
            byte* last = bytes + source.Length;
            to = Literals(ref literal, last, to);
            return (int)(SnappyElements.LongLiteral(literal, (int)(last - literal), to) - output);
        }
    }

    /// <summary>The longest literals, until less than one is left.</summary>
    private static unsafe byte* Literals(ref byte* literal, byte* end, byte* to)
    {
        while (end - literal > SnappyElements.LongestLiteral)
        {
            to = SnappyElements.LongLiteral(literal, SnappyElements.LongestLiteral, to);
            literal += SnappyElements.LongestLiteral;
        }
        return to;
    }
}
