using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using StreamEtl.Batches;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>Stored values to column values, a run at a time.</summary>
internal static class ValueConverter
{
    /// <summary>No UUID or interval takes more bytes as text.</summary>
    public const int LongestText = 64;

    /// <summary>Microseconds of a day.</summary>
    public const long MicrosPerDay = 86_400_000_000;
    private const int JulianEpoch = 2_440_588;
    private const int MaxDecimalBytes = 128;

    /// <summary>Converts numbers in place.</summary>
    public static void Numbers(ValueConversion conversion, Span<long> values)
    {
        switch (conversion)
        {
            case ValueConversion.Low8:
                Mask(values, byte.MaxValue);
                break;
            case ValueConversion.Low16:
                Mask(values, ushort.MaxValue);
                break;
            case ValueConversion.Low32:
                Mask(values, uint.MaxValue);
                break;
            case ValueConversion.SingleToDouble:
                foreach (ref long value in values)
                {
                    value = BitConverter.DoubleToInt64Bits(BitConverter.Int32BitsToSingle((int)value));
                }
                break;
            case ValueConversion.MillisToMicros:
                Scale(values, 1000, long.MinValue / 1000, long.MaxValue / 1000, "a timestamp is out of range");
                break;
            case ValueConversion.TimeMillis:
                Scale(values, 1000, 0, MicrosPerDay / 1000, "a time is not within a day");
                break;
            case ValueConversion.TimeMicros:
                Scale(values, 1, 0, MicrosPerDay, "a time is not within a day");
                break;
            case ValueConversion.TimeNanos:
                foreach (ref long value in values)
                {
                    value /= 1000;
                }
                Scale(values, 1, 0, MicrosPerDay, "a time is not within a day");
                break;
            default:
                break;
        }
    }

    /// <summary>Converts 64-bit integers to 128-bit ones.</summary>
    public static void Widen(ValueConversion conversion, ReadOnlySpan<long> values, Span<Int128> target)
    {
        for (int i = 0; i < values.Length; i++)
        {
            target[i] = conversion == ValueConversion.UnsignedToWide ? (Int128)(ulong)values[i] : values[i];
        }
    }

    /// <summary>Converts bytes to numbers of 64 bits.</summary>
    public static void Bytes(LeafType leaf, byte[] bytes, ReadOnlySpan<TextView> views, Span<long> target)
    {
        for (int i = 0; i < views.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.AsSpan(views[i].Start, views[i].Length);
            target[i] = leaf.Conversion switch
            {
                ValueConversion.Int96 => Int96(value),
                ValueConversion.HalfToDouble => BitConverter.DoubleToInt64Bits((double)BinaryPrimitives.ReadHalfLittleEndian(value)),
                ValueConversion.BytesToNarrow => Narrow(value),
                _ => BitConverter.DoubleToInt64Bits(Float(value, leaf.Scale)),
            };
        }
    }

    /// <summary>Converts bytes to 128-bit decimals.</summary>
    public static void Bytes(byte[] bytes, ReadOnlySpan<TextView> views, Span<Int128> target)
    {
        for (int i = 0; i < views.Length; i++)
        {
            target[i] = Wide(bytes.AsSpan(views[i].Start, views[i].Length));
        }
    }

    /// <summary>Converts bytes to text that is appended to <paramref name="store"/>, which has room for <see cref="LongestText"/> bytes of each.</summary>
    public static void Text(ValueConversion conversion, byte[] bytes, ReadOnlySpan<TextView> views, Span<TextView> target, ByteStore store)
    {
        for (int i = 0; i < views.Length; i++)
        {
            ReadOnlySpan<byte> value = bytes.AsSpan(views[i].Start, views[i].Length);
            Span<byte> destination = store.Bytes.AsSpan(store.Used, LongestText);
            int length = conversion == ValueConversion.Uuid ? Uuid(value, destination) : Interval(value, destination);
            target[i] = new TextView(store.Take(length), length);
        }
    }

    /// <summary>
    /// Refuses values that are not UTF-8. <paramref name="region"/>: all bytes of the values, one behind the other;
    /// <paramref name="hasLengths"/>: with the length of each in 4 bytes before it.
    /// </summary>
    public static void CheckText(byte[] bytes, ReadOnlySpan<byte> region, ReadOnlySpan<TextView> views, bool hasLengths)
    {
        if (Ascii.IsValid(region))
        {
            return;
        }
        // Lengths below 128 are ASCII characters too: they part the values. Then, and where no value begins inside a character, all are valid exactly when each is.
        bool areApart = hasLengths ? AreShort(views) : BeginCharacters(bytes, views);
        if (areApart && Utf8Validator.IsValid(region))
        {
            return;
        }
        foreach (TextView view in views)
        {
            if (!Utf8.IsValid(bytes.AsSpan(view.Start, view.Length)))
            {
                throw new ParquetFault(Errors.ErrorKind.InvalidEncoding, "a text value is not valid UTF-8");
            }
        }
    }

    private static bool AreShort(ReadOnlySpan<TextView> views)
    {
        int longest = 0;
        foreach (TextView view in views)
        {
            longest |= view.Length;
        }
        return longest <= sbyte.MaxValue;
    }

    private static bool BeginCharacters(byte[] bytes, ReadOnlySpan<TextView> views)
    {
        foreach (TextView view in views)
        {
            if (view.Length > 0 && (bytes[view.Start] & 0xC0) == 0x80)
            {
                return false;
            }
        }
        return true;
    }

    private static void Mask(Span<long> values, long mask)
    {
        foreach (ref long value in values)
        {
            value &= mask;
        }
    }

    private static void Scale(Span<long> values, long factor, long least, long most, string fault)
    {
        foreach (ref long value in values)
        {
            if (value < least || value > most)
            {
                throw ParquetFault.Damaged(fault);
            }
            value *= factor;
        }
    }

    private static long Int96(ReadOnlySpan<byte> value)
    {
        long nanos = BinaryPrimitives.ReadInt64LittleEndian(value);
        long days = BinaryPrimitives.ReadInt32LittleEndian(value[sizeof(long)..]) - (long)JulianEpoch;
        Int128 micros = ((Int128)days * MicrosPerDay) + (nanos / 1000);
        return micros >= long.MinValue && micros <= long.MaxValue
            ? (long)micros
            : throw ParquetFault.Damaged("a timestamp is out of range");
    }

    private static long Narrow(ReadOnlySpan<byte> value)
    {
        if (value.Length > sizeof(long))
        {
            Int128 wide = Wide(value);
            return wide >= long.MinValue && wide <= long.MaxValue ? (long)wide : throw TooManyDigits();
        }
        long result = value.Length > 0 && (sbyte)value[0] < 0 ? -1 : 0;
        foreach (byte b in value)
        {
            result = (result << 8) | b;
        }
        return result;
    }

    private static Int128 Wide(ReadOnlySpan<byte> value)
    {
        byte sign = value.Length > 0 && (sbyte)value[0] < 0 ? byte.MaxValue : (byte)0;
        while (value.Length > 16)
        {
            if (value[0] != sign || (value.Length == 17 && (sbyte)value[1] < 0 != ((sbyte)sign < 0)))
            {
                throw TooManyDigits();
            }
            value = value[1..];
        }
        Int128 result = sign == 0 ? 0 : -1;
        foreach (byte b in value)
        {
            result = (result << 8) | b;
        }
        return result;
    }

    /// <summary>Through text, because only its conversion rounds once.</summary>
    private static double Float(ReadOnlySpan<byte> value, int scale)
    {
        if (value.Length > MaxDecimalBytes)
        {
            throw ParquetFault.Unsupported($"a decimal of {value.Length} bytes");
        }
        var unscaled = new BigInteger(value, isUnsigned: false, isBigEndian: true);
        return double.Parse(string.Create(CultureInfo.InvariantCulture, $"{unscaled}E-{scale}"), CultureInfo.InvariantCulture);
    }

    private static int Uuid(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        new Guid(value, bigEndian: true).TryFormat(destination, out int written);
        return written;
    }

    /// <summary>Months, days and milliseconds, each unsigned, as an ISO 8601 duration: <c>P1M2DT3.004S</c>.</summary>
    private static int Interval(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        uint months = BinaryPrimitives.ReadUInt32LittleEndian(value);
        uint days = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        uint millis = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]);
        Utf8.TryWrite(destination, CultureInfo.InvariantCulture, $"P{months}M{days}DT{millis / 1000}.{millis % 1000:D3}S", out int written);
        return written;
    }

    private static ParquetFault TooManyDigits() => ParquetFault.Damaged("a decimal has more digits than its type");
}
