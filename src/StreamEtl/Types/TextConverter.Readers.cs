using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace StreamEtl.Types;

/// <content>How one value of each type is read. Structs, so that the loop over rows is compiled once for each.</content>
public static partial class TextConverter
{
    /// <summary>Reads one value; false when it does not fit.</summary>
    private interface IReader<T>
    {
        bool TryRead(ReadOnlySpan<byte> text, out T value);

        /// <summary>Reads a usual spelling at once, with <see cref="FastText.Reach"/> bytes readable; false leaves it to <see cref="TryRead"/>.</summary>
        bool TryFast(ref byte text, int length, out T value);
    }

    private readonly struct IntegerReader : IReader<long>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryRead(ReadOnlySpan<byte> text, out long value) => NumberText.TryInteger(text, out value);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value) => FastText.TryInteger(ref text, length, out value);
    }

    private readonly struct DecimalReader(byte separator, int scale) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            if (
                !NumberText.TryDecimal(text, separator, out DecimalParts parts)
                || parts.Scale > scale
                || parts.IntegerDigits + scale > ColumnType.NarrowPrecision
                || text is [(byte)'-', (byte)'0']
            )
            {
                return false;
            }
            value = (long)parts.Unscaled * NumberText.PowersOfTen[scale - parts.Scale];
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value) =>
            FastText.TryDecimal(ref text, length, separator, scale, out value);
    }

    private readonly struct WideDecimalReader(byte separator, int scale) : IReader<Int128>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out Int128 value)
        {
            value = 0;
            if (
                !NumberText.TryDecimal(text, separator, out DecimalParts parts)
                || parts.Scale > scale
                || parts.IntegerDigits + scale > ColumnType.MaxPrecision
                || (!parts.HasPoint && parts.IntegerDigits > ColumnType.NarrowPrecision)
                || text is [(byte)'-', (byte)'0']
            )
            {
                return false;
            }
            value = parts.Unscaled * WidePower(scale - parts.Scale);
            return true;
        }

        public bool TryFast(ref byte text, int length, out Int128 value)
        {
            value = default;
            return false;
        }
    }

    private readonly struct FloatReader(byte separator) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read = FloatText.TryRead(text, separator, out double number);
            value = BitConverter.DoubleToInt64Bits(number);
            return read;
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            bool read = FastText.TryFloat(ref text, length, separator, out double number);
            value = BitConverter.DoubleToInt64Bits(number);
            return read;
        }
    }

    private readonly struct BooleanReader : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read = Utf8Parser.TryParse(text, out bool truth, out int used) && used == text.Length;
            value = truth ? 1 : 0;
            return read;
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            value = default;
            return false;
        }
    }

    private readonly struct IsoDateReader(int[] months) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read = DateText.TryIsoDate(text, out int days);
            value = days;
            return read;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value) => FastDate.TryDate(ref text, length, months, out value);
    }

    private readonly struct DayFirstDateReader : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read = DateText.TryDayFirstDate(text, out int days, out _);
            value = days;
            return read;
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            value = default;
            return false;
        }
    }

    private readonly struct IsoTimestampReader(int unit, int[] months) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            return text.Length > 10
                && text[10] is (byte)' ' or (byte)'T'
                && DateText.TryIsoDate(text[..10], out int days)
                && DateText.TryTime(text[11..], out long nanos, out int digits, out ReadOnlySpan<byte> rest)
                && rest.Length == 0
                && Join(days, nanos, digits, unit, out value);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value)
        {
            value = 0;
            return unit == 6 && FastDate.TryTimestamp(ref text, length, months, out value);
        }
    }

    private readonly struct DayFirstTimestampReader(int unit) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            return text.Length > 10
                && text[10] is (byte)' ' or (byte)'T'
                && DateText.TryDayFirstDate(text[..10], out int days, out _)
                && DateText.TryTime(text[11..], out long nanos, out int digits, out ReadOnlySpan<byte> rest)
                && rest.Length == 0
                && Join(days, nanos, digits, unit, out value);
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            value = default;
            return false;
        }
    }

    private readonly struct InstantReader(int unit, int[] months) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            if (
                text.Length <= 10
                || text[10] is not ((byte)' ' or (byte)'T')
                || !DateText.TryIsoDate(text[..10], out int days)
                || !DateText.TryTime(text[11..], out long nanos, out int digits, out ReadOnlySpan<byte> zone)
                || !DateText.TryZone(zone, out int offset)
                || !Join(days, nanos, digits, unit, out value)
            )
            {
                return false;
            }
            value -= offset * NumberText.PowersOfTen[unit];
            return true;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value)
        {
            value = 0;
            return unit == 6 && length == 20 && Unsafe.Add(ref text, 19) == 'Z' && FastDate.TryTimestamp(ref text, 19, months, out value);
        }
    }

    private readonly struct TimeReader : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read =
                DateText.TryTime(text, out long nanos, out int digits, out ReadOnlySpan<byte> rest) && rest.Length == 0 && digits <= 6;
            value = nanos / 1000;
            return read;
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            value = default;
            return false;
        }
    }

    private readonly struct CustomReader(CustomDate format, ColumnType type) : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            value = 0;
            if (!format.TryRead(text, out int days, out long nanos))
            {
                return false;
            }
            if (type.Kind == ColumnKind.Date)
            {
                value = days;
                return nanos == 0;
            }
            return Join(days, nanos, format.FractionDigits, type.Scale, out value);
        }

        public bool TryFast(ref byte text, int length, out long value)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Day and time to units since the epoch; false when digits would be lost or nanoseconds do not reach that far.</summary>
    private static bool Join(int days, long nanos, int digits, int unit, out long value)
    {
        if (unit == 6)
        {
            value = (days * Calendar.MicrosPerDay) + (nanos / 1000);
            return digits <= 6;
        }
        Int128 wide = ((Int128)days * Calendar.MicrosPerDay * 1000) + nanos;
        value = (long)wide;
        return wide >= long.MinValue && wide <= long.MaxValue;
    }

    internal static Int128 WidePower(int exponent) =>
        exponent <= 18
            ? NumberText.PowersOfTen[exponent]
            : (Int128)NumberText.PowersOfTen[18]
                * NumberText.PowersOfTen[Math.Min(exponent - 18, 18)]
                * NumberText.PowersOfTen[Math.Max(exponent - 36, 0)];
}
