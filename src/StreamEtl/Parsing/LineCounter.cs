using System.Numerics;
using System.Runtime.Intrinsics;

namespace StreamEtl.Parsing;

/// <summary>Counts physical lines: LF, CR LF and lone CR end one each.</summary>
internal static class LineCounter
{
    /// <summary>Line endings in the span, inside quotes or not.</summary>
    public static int Count(ReadOnlySpan<byte> bytes)
    {
        int lines = CountLineFeeds(bytes, out bool hasReturns);
        return hasReturns ? lines + bytes.Count((byte)'\r') - bytes.Count("\r\n"u8) : lines;
    }

    /// <summary>One pass for both questions: this is done to every byte of an input.</summary>
    private static int CountLineFeeds(ReadOnlySpan<byte> bytes, out bool hasReturns)
    {
        int count = 0;
        Vector256<byte> returns = Vector256<byte>.Zero;
        while (bytes.Length >= Vector256<byte>.Count)
        {
            Vector256<byte> block = Vector256.Create(bytes);
            count += BitOperations.PopCount(Vector256.Equals(block, Vector256.Create((byte)'\n')).ExtractMostSignificantBits());
            returns |= Vector256.Equals(block, Vector256.Create((byte)'\r'));
            bytes = bytes[Vector256<byte>.Count..];
        }
        hasReturns = returns != Vector256<byte>.Zero || bytes.Contains((byte)'\r');
        return count + bytes.Count((byte)'\n');
    }
}
