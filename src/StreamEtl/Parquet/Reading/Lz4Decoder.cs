using System.Buffers.Binary;

namespace StreamEtl.Parquet.Reading;

/// <summary>Decodes LZ4 blocks (lz4_Block_format.md), bare or in the frames that Hadoop puts around them.</summary>
internal static class Lz4Decoder
{
    private const int FrameHead = 8;

    /// <summary>Decodes Hadoop's frames (uncompressed and compressed size, big-endian, before each block); a bare block where they do not fit, as some writers store it.</summary>
    public static bool TryDecodeFramed(ReadOnlySpan<byte> source, Span<byte> target)
    {
        ReadOnlySpan<byte> rest = source;
        int to = 0;
        while (rest.Length >= FrameHead)
        {
            uint plain = BinaryPrimitives.ReadUInt32BigEndian(rest);
            uint packed = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            if (plain > (uint)(target.Length - to) || packed > (uint)(rest.Length - FrameHead))
            {
                break;
            }
            if (!TryDecode(rest.Slice(FrameHead, (int)packed), target.Slice(to, (int)plain)))
            {
                break;
            }
            to += (int)plain;
            rest = rest[(FrameHead + (int)packed)..];
        }
        return (to == target.Length && rest.IsEmpty) || TryDecode(source, target);
    }

    /// <summary>Decodes one block that fills exactly <paramref name="target"/>.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int from = 0;
        int to = 0;
        while (from < source.Length)
        {
            int token = source[from++];
            int literals = token >> 4;
            if (literals == 15 && !TryExtend(source, ref from, ref literals))
            {
                return false;
            }
            if (literals > source.Length - from || literals > target.Length - to)
            {
                return false;
            }
            source.Slice(from, literals).CopyTo(target[to..]);
            from += literals;
            to += literals;
            if (from == source.Length)
            {
                break;
            }
            if (source.Length - from < 2)
            {
                return false;
            }
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(source[from..]);
            from += 2;
            int length = token & 15;
            if (length == 15 && !TryExtend(source, ref from, ref length))
            {
                return false;
            }
            length += 4;
            if (offset == 0 || offset > to || length > target.Length - to)
            {
                return false;
            }
            SnappyDecoder.CopyBack(target, to, offset, length);
            to += length;
        }
        return to == target.Length;
    }

    private static bool TryExtend(ReadOnlySpan<byte> source, ref int from, ref int length)
    {
        byte b;
        do
        {
            if (from >= source.Length || length > int.MaxValue - 512)
            {
                return false;
            }
            b = source[from++];
            length += b;
        } while (b == byte.MaxValue);
        return true;
    }
}
