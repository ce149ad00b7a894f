using System.Runtime.InteropServices;

namespace StreamEtl.Sources;

/// <summary>
/// CRC-32 as gzip, zip and Parquet pages use it (RFC 1952, section 8: polynomial 0xEDB88320 reflected, initial and final value all ones),
/// eight bytes a step with eight tables.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Tables = BuildTables();

    /// <summary>The checksum of <paramref name="data"/> following bytes whose checksum is <paramref name="crc"/>; start with 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> t = Tables;
        crc = ~crc;
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
        return ~crc;
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
