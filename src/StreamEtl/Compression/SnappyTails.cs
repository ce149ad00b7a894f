using System.Numerics;
using System.Runtime.Intrinsics;

namespace StreamEtl.Compression;

/// <summary>
/// Snappy blocks of texts that lie end to end and end alike: addresses of a few domains, files of a few kinds. Only the end of each text is compared, with that of the last one which ended in the same
/// four bytes. Nothing is searched and no step waits for the one before it, so this takes a quarter of <see cref="Snappy"/>'s time.
/// </summary>
internal sealed class SnappyTails : SnappyTexts
{
    private const int TableBits = 8;

    /// <summary>Bytes of an end that are compared, at most.</summary>
    private const int Tail = 16;

    /// <summary>A copy of fewer takes as much as it saves.</summary>
    private const int ShortestCopy = 5;

    private SnappyTails() { }

    /// <summary>The only one: it knows nothing of its texts.</summary>
    public static SnappyTails Instance { get; } = new();

    /// <inheritdoc/>
    public override unsafe int Compress(ReadOnlySpan<byte> source, ReadOnlySpan<int> ends, int offset, Span<byte> destination)
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
                if (run < ShortestCopy || end - known > Reach)
                {
                    continue;
                }
                byte* copy = bytes + end - run;
                to = SnappyElements.Literals(literal, copy, to);
                to = SnappyElements.Copy(end - known, run, to);
                literal = bytes + end;
            }
            return (int)(SnappyElements.LastLiterals(literal, bytes + source.Length, to) - output);
        }
    }
}
