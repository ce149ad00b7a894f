using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace StreamEtl.Compression;

/// <summary>
/// CRC-32 as gzip, zip and Parquet pages use it (RFC 1952, section 8: polynomial 0xEDB88320 reflected, initial and final value all ones): by carry-less
/// multiplication where the processor has it, by its CRC instructions on Arm, else eight bytes a step with eight tables.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int FoldedBytes = 64;
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The checksum of <paramref name="data"/> following bytes whose checksum is <paramref name="crc"/>; start with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        if (ArmCrc32.Arm64.IsSupported)
        {
            return ~AppendArm(crc, data);
        }
        if (Pclmulqdq.IsSupported && data.Length >= 2 * FoldedBytes)
        {
            crc = Fold(crc, data, out int folded);
            data = data[folded..];
        }
        return ~AppendTables(crc, data);
    }

    /// <summary>
    /// The checksum of bytes with the checksum <paramref name="first"/> followed by <paramref name="secondLength"/> bytes with the checksum
    /// <paramref name="second"/>: each bit that follows multiplies by x, modulo the polynomial.
    /// </summary>
    public static uint Combine(uint first, uint second, long secondLength)
    {
        uint shift = 0x80000000;
        uint square = 0x00800000;
        for (long bytes = secondLength; bytes > 0; bytes >>= 1)
        {
            shift = (bytes & 1) != 0 ? Product(shift, square) : shift;
            square = Product(square, square);
        }
        return Product(first, shift) ^ second;
    }

    /// <summary>The same with tables alone: what the others are held against.</summary>
    internal static uint AppendScalar(uint crc, ReadOnlySpan<byte> data) => ~AppendTables(~crc, data);

    /// <summary>The product of two polynomials, x^0 in the highest bit, modulo the polynomial.</summary>
    private static uint Product(uint a, uint b)
    {
        uint product = 0;
        for (; a != 0; a <<= 1)
        {
            product ^= (a & 0x80000000) != 0 ? b : 0;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }
        return product;
    }

    /// <summary>
    /// Replaces the data, 64 bytes at a time, by 16 bytes with the same remainder (V. Gopal et al., "Fast CRC computation for generic polynomials using
    /// PCLMULQDQ instruction", Intel, 2009; the constants are powers of x modulo the polynomial, reflected), and takes the checksum of those.
    /// </summary>
    private static uint Fold(uint crc, ReadOnlySpan<byte> data, out int folded)
    {
        var by64 = Vector128.Create(0x154442BD4UL, 0x1C6E41596UL);
        var by16 = Vector128.Create(0x1751997D0UL, 0x0CCAA009EUL);
        ReadOnlySpan<Vector128<ulong>> blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        Vector128<ulong> a = blocks[0] ^ Vector128.CreateScalar((ulong)crc);
        Vector128<ulong> b = blocks[1];
        Vector128<ulong> c = blocks[2];
        Vector128<ulong> d = blocks[3];
        int i = 4;
        for (; i + 4 <= blocks.Length; i += 4)
        {
            a = Multiply(a, by64) ^ blocks[i];
            b = Multiply(b, by64) ^ blocks[i + 1];
            c = Multiply(c, by64) ^ blocks[i + 2];
            d = Multiply(d, by64) ^ blocks[i + 3];
        }
        b ^= Multiply(a, by16);
        c ^= Multiply(b, by16);
        d ^= Multiply(c, by16);
        folded = i * Vector128<byte>.Count;
        Span<byte> rest = stackalloc byte[Vector128<byte>.Count];
        d.AsByte().CopyTo(rest);
        return AppendTables(0, rest);
    }

    private static Vector128<ulong> Multiply(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    private static uint AppendArm(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(data);
        foreach (ulong word in words)
        {
            crc = ArmCrc32.Arm64.ComputeCrc32(crc, word);
        }
        foreach (byte b in data[(words.Length * sizeof(ulong))..])
        {
            crc = ArmCrc32.ComputeCrc32(crc, b);
        }
        return crc;
    }

    private static uint AppendTables(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> t = Tables;
        ReadOnlySpan<ulong> words = BitConverter.IsLittleEndian ? MemoryMarshal.Cast<byte, ulong>(data) : [];
        foreach (ulong word in words)
        {
            uint low = (uint)word ^ crc;
            uint high = (uint)(word >> 32);
            crc =
                t[0x700 | (byte)low]
                ^ t[0x600 | (byte)(low >> 8)]
                ^ t[0x500 | (byte)(low >> 16)]
                ^ t[0x400 | (int)(low >> 24)]
                ^ t[0x300 | (byte)high]
                ^ t[0x200 | (byte)(high >> 8)]
                ^ t[0x100 | (byte)(high >> 16)]
                ^ t[(int)(high >> 24)];
        }
        foreach (byte b in data[(words.Length * sizeof(ulong))..])
        {
            crc = t[(byte)(crc ^ b)] ^ (crc >> 8);
        }
        return crc;
    }

    private static uint[] BuildTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
            tables[i] = crc;
        }
        for (int i = 256; i < tables.Length; i++)
        {
            uint previous = tables[i - 256];
            tables[i] = tables[(byte)previous] ^ (previous >> 8);
        }
        return tables;
    }
}
