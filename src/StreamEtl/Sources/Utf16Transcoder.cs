using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace StreamEtl.Sources;

/// <summary>UTF-16 of either byte order. Half a surrogate pair and half a unit at the end are errors.</summary>
internal sealed class Utf16Transcoder(bool bigEndian) : Transcoder
{
    private const int BlockUnits = 8 << 10;

    private readonly bool _swap = bigEndian == BitConverter.IsLittleEndian;
    private readonly char[] _block = new char[BlockUnits];

    /// <inheritdoc/>
    public override void Convert(ReadOnlySpan<byte> source, Span<byte> destination, bool isLast, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        bool more = true;
        while (more && source.Length - consumed >= sizeof(char))
        {
            ReadOnlySpan<char> units = NextUnits(source[consumed..]);
            bool final = isLast && source.Length - consumed - (units.Length * sizeof(char)) < sizeof(char);
            OperationStatus status = Utf8.FromUtf16(
                units,
                destination[written..],
                out int read,
                out int bytes,
                replaceInvalidSequences: false,
                final
            );
            consumed += read * sizeof(char);
            written += bytes;
            if (status == OperationStatus.InvalidData && written == 0)
            {
                throw new InvalidTextException(consumed, "half of a surrogate pair stands alone");
            }
            more = read > 0 && status is OperationStatus.Done or OperationStatus.NeedMoreData;
        }
        if (isLast && source.Length - consumed == 1 && written == 0)
        {
            throw new InvalidTextException(consumed, "the last character is cut in half");
        }
    }

    private ReadOnlySpan<char> NextUnits(ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<char> units = MemoryMarshal.Cast<byte, char>(source);
        units = units[..Math.Min(units.Length, BlockUnits)];
        if (!_swap)
        {
            return units;
        }
        BinaryPrimitives.ReverseEndianness(
            MemoryMarshal.Cast<char, ushort>(units),
            MemoryMarshal.Cast<char, ushort>(_block.AsSpan(0, units.Length))
        );
        return _block.AsSpan(0, units.Length);
    }
}
