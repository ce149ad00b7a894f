using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;

namespace StreamEtl.Types;

/// <summary>
/// Text to typed values, a column at a time. Strict: a value converts exactly when evidence that resolved to the type still would with that value added, so a pass
/// that converts everything has proven the type. The loop over rows is written once and specialised for each reader, so nothing is dispatched per value.
/// </summary>
public static class TextConverter
{
    /// <summary>Reads one value; false when it does not fit.</summary>
    private interface IReader<T>
    {
        bool TryRead(ReadOnlySpan<byte> text, out T value);

        /// <summary>Reads a usual spelling at once, with <see cref="FastText.Reach"/> bytes readable; false leaves it to <see cref="TryRead"/>.</summary>
        bool TryFast(ref byte text, int length, out T value);
    }

    /// <summary>
    /// Converts <paramref name="count"/> values. One that does not fit sets its bit in <paramref name="bad"/> (cleared by the caller) and is left as NULL with
    /// value 0. <paramref name="nulls"/> may be changed; null means that no value is NULL.
    /// </summary>
    public static Column Convert(
        ColumnType type,
        TextPattern pattern,
        TextFormat format,
        byte[] bytes,
        TextView[] views,
        ulong[]? nulls,
        int nullCount,
        int count,
        BufferLease lease,
        ulong[] bad,
        out int badCount
    )
    {
        var job = new Job(type, bytes, views, nulls, nullCount, count, lease, bad);
        byte separator = (byte)format.DecimalSeparator;
        Column column = type.Kind switch
        {
            ColumnKind.Integer => Longs(ref job, default(IntegerReader)),
            ColumnKind.Decimal when type.IsWide => Wide(ref job, new WideDecimalReader(separator, type.Scale)),
            ColumnKind.Decimal => Longs(ref job, new DecimalReader(separator, type.Scale)),
            ColumnKind.Float => Longs(ref job, new FloatReader(separator)),
            ColumnKind.Boolean => Longs(ref job, default(BooleanReader)),
            ColumnKind.Date when pattern == TextPattern.Iso => Longs(ref job, default(IsoDateReader)),
            ColumnKind.Date when pattern == TextPattern.DayFirst => Longs(ref job, default(DayFirstDateReader)),
            ColumnKind.Timestamp when pattern == TextPattern.Iso => Longs(ref job, new IsoTimestampReader(type.Scale)),
            ColumnKind.Timestamp when pattern == TextPattern.DayFirst => Longs(ref job, new DayFirstTimestampReader(type.Scale)),
            ColumnKind.Date or ColumnKind.Timestamp => Longs(ref job, new CustomReader(CustomDate.Parse(format.DateFormat)!, type)),
            ColumnKind.Instant => Longs(ref job, new InstantReader(type.Scale)),
            ColumnKind.Time => Longs(ref job, default(TimeReader)),
            ColumnKind.Text when pattern == TextPattern.DayFirst => ProvenText(ref job),
            ColumnKind.Text or ColumnKind.Binary => Text(ref job),
            ColumnKind.Null => OnlyNulls(ref job),
            _ => throw new StreamEtlException(ErrorKind.Internal, $"text is not converted to {type}"),
        };
        badCount = job.BadCount;
        return column;
    }

    private static Column Longs<TReader>(ref Job job, TReader reader)
        where TReader : struct, IReader<long>
    {
        long[] values = job.Lease.Rent<long>(job.Count);
        Fill(ref job, reader, values);
        return job.ToColumn(longs: values);
    }

    private static Column Wide<TReader>(ref Job job, TReader reader)
        where TReader : struct, IReader<Int128>
    {
        Int128[] values = job.Lease.Rent<Int128>(job.Count);
        Fill(ref job, reader, values);
        return job.ToColumn(wide: values);
    }

    private static void Fill<T, TReader>(ref Job job, TReader reader, T[] values)
        where TReader : struct, IReader<T>
    {
        byte[] bytes = job.Bytes;
        ref byte origin = ref MemoryMarshal.GetArrayDataReference(bytes);
        int lastFast = bytes.Length - FastText.Reach;
        ReadOnlySpan<TextView> views = job.Views.AsSpan(0, job.Count);
        for (int i = 0; i < views.Length; i++)
        {
            TextView view = views[i];
            if (job.IsNull(i))
            {
                values[i] = default!;
            }
            else if (view.Start <= lastFast && reader.TryFast(ref Unsafe.Add(ref origin, view.Start), view.Length, out T value))
            {
                values[i] = value;
            }
            else if (!reader.TryRead(bytes.AsSpan(view.Start, view.Length), out values[i]))
            {
                values[i] = default!;
                job.MarkBad(i);
            }
        }
    }

    private static Column Text(ref Job job) => job.ToColumn(views: job.Views);

    /// <summary>Text that looks like unproven day-first dates: a day beyond 12 would prove them, so it contradicts.</summary>
    private static Column ProvenText(ref Job job)
    {
        for (int i = 0; i < job.Count; i++)
        {
            ReadOnlySpan<byte> text = job.Bytes.AsSpan(job.Views[i].Start, job.Views[i].Length);
            if (text.Length >= 10 && DateText.TryDayFirstDate(text[..10], out _, out int day) && day > 12)
            {
                job.FlagBad(i);
            }
        }
        return Text(ref job);
    }

    private static Column OnlyNulls(ref Job job)
    {
        for (int i = 0; i < job.Count; i++)
        {
            if (!job.IsNull(i))
            {
                job.MarkBad(i);
            }
        }
        return job.ToColumn();
    }

    private struct Job(
        ColumnType type,
        byte[] bytes,
        TextView[] views,
        ulong[]? nulls,
        int nullCount,
        int count,
        BufferLease lease,
        ulong[] bad
    )
    {
        private ulong[]? _nulls = nulls;
        private int _nullCount = nullCount;

        public readonly byte[] Bytes => bytes;

        public readonly TextView[] Views => views;

        public readonly int Count => count;

        public readonly BufferLease Lease => lease;

        public int BadCount { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool IsNull(int i) => _nulls is not null && (_nulls[i >> 6] >> i & 1) != 0;

        public void FlagBad(int i)
        {
            bad[i >> 6] |= 1UL << i;
            BadCount++;
        }

        public void MarkBad(int i)
        {
            FlagBad(i);
            if (_nulls is null)
            {
                int words = (count + 63) >> 6;
                _nulls = lease.Rent<ulong>(words);
                Array.Clear(_nulls, 0, words);
            }
            _nulls[i >> 6] |= 1UL << i;
            _nullCount++;
        }

        public readonly Column ToColumn(long[]? longs = null, Int128[]? wide = null, TextView[]? views = null) =>
            new()
            {
                Type = type,
                Count = count,
                NullCount = _nullCount,
                Nulls = _nullCount == 0 ? null : _nulls,
                Longs = longs,
                Wide = wide,
                Views = views,
                Bytes = views is null ? null : bytes,
            };
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
            value = default;
            return false;
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

    private readonly struct IsoDateReader : IReader<long>
    {
        public bool TryRead(ReadOnlySpan<byte> text, out long value)
        {
            bool read = DateText.TryIsoDate(text, out int days);
            value = days;
            return read;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool TryFast(ref byte text, int length, out long value) => FastText.TryIsoDate(ref text, length, out value);
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

    private readonly struct IsoTimestampReader(int unit) : IReader<long>
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
            return unit == 6 && FastText.TryIsoTimestamp(ref text, length, out value);
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

    private readonly struct InstantReader(int unit) : IReader<long>
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
            return unit == 6 && length == 20 && Unsafe.Add(ref text, 19) == 'Z' && FastText.TryIsoTimestamp(ref text, 19, out value);
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
