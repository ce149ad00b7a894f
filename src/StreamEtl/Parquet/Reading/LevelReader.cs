using System.Numerics;
using StreamEtl.Parquet.Metadata;

namespace StreamEtl.Parquet.Reading;

/// <summary>Levels of nested fields as bytes.</summary>
internal static class LevelReader
{
    private const int ChunkLength = 512;

    /// <summary>Bits of a level.</summary>
    public static int WidthOf(int maximum) => 32 - BitOperations.LeadingZeroCount((uint)maximum);

    /// <summary>Reads <paramref name="levels"/>.Length levels, none above <paramref name="maximum"/>. A maximum of 0 stores nothing.</summary>
    public static void Read(byte[] bytes, int start, int end, PageEncoding encoding, int maximum, Span<byte> levels)
    {
        if (maximum == 0)
        {
            levels.Clear();
        }
        else if (encoding == PageEncoding.BitPacked)
        {
            ReadBitPacked(bytes, start, end, maximum, levels);
        }
        else
        {
            ReadHybrid(bytes, start, end, maximum, levels);
        }
    }

    private static void ReadHybrid(byte[] bytes, int start, int end, int maximum, Span<byte> levels)
    {
        var reader = new HybridReader(bytes, start, end, WidthOf(maximum));
        Span<int> chunk = stackalloc int[ChunkLength];
        while (!levels.IsEmpty)
        {
            int count = reader.Next(levels.Length, out bool isRun, out int value);
            if (isRun)
            {
                levels[..count].Fill(Checked(value, maximum));
                reader.TakeRun(count);
            }
            else
            {
                count = Math.Min(count, ChunkLength);
                reader.TakePacked(chunk[..count]);
                for (int i = 0; i < count; i++)
                {
                    levels[i] = Checked(chunk[i], maximum);
                }
            }
            levels = levels[count..];
        }
    }

    /// <summary>The deprecated encoding: from the highest bit of each byte down.</summary>
    private static void ReadBitPacked(byte[] bytes, int start, int end, int maximum, Span<byte> levels)
    {
        int width = WidthOf(maximum);
        if (BitUnpacker.ByteCount(levels.Length, width) > end - start)
        {
            throw ParquetFault.Damaged("levels end before all are read");
        }
        long bit = 0;
        for (int i = 0; i < levels.Length; i++)
        {
            int value = 0;
            for (int b = 0; b < width; b++, bit++)
            {
                value = (value << 1) | (bytes[start + (int)(bit >> 3)] >> (7 - (int)(bit & 7)) & 1);
            }
            levels[i] = Checked(value, maximum);
        }
    }

    private static byte Checked(int value, int maximum) =>
        (uint)value <= (uint)maximum ? (byte)value : throw ParquetFault.Damaged("a level is higher than the schema allows");
}
