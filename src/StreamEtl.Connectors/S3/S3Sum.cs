using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace StreamEtl.Connectors.S3;

/// <summary>
/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which S3 holds against the bytes that arrive. Processors have an instruction for it; the sum that the SDK takes by itself is
/// another, computed byte by byte, and costs more than sending.
/// </summary>
internal static class S3Sum
{
    /// <summary>The sum as the headers have it: big-endian, Base64.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            sum = BitOperations.Crc32C(sum, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }
        foreach (byte last in bytes[(words.Length * sizeof(ulong))..])
        {
            sum = BitOperations.Crc32C(sum, last);
        }
        Span<byte> ordered = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(ordered, ~sum);
        return Convert.ToBase64String(ordered);
    }
}
