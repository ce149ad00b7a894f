using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;

namespace StreamEtl.Types;

/// <content>
/// Values that are read from their texts. The loop over rows is written once and specialised for each reader, so nothing is dispatched per value; texts are found 64 rows at a time.
/// </content>
public static partial class TextConverter
{
    private const int RowsAtOnce = 64;

    /// <summary>
    /// As <see cref="Convert"/>, for texts that are found on the way; <paramref name="refused"/>: for each row that is bad, its text as it is meant; null when none is.
    /// </summary>
    internal static Column Read(
        ColumnType type,
        TextPattern pattern,
        TextFormat format,
        ITexts texts,
        int count,
        BufferLease lease,
        ulong[] bad,
        out int badCount,
        out TextView[]? refused
    )
    {
        var job = new ReadJob(texts, count, lease, bad);
        Column column = Read(type, pattern, format, job);
        badCount = job.BadCount;
        refused = job.Refused;
        return column;
    }

    private static Column Read(ColumnType type, TextPattern pattern, TextFormat format, ReadJob job)
    {
        byte separator = (byte)format.DecimalSeparator;
        return type.Kind switch
        {
            ColumnKind.Integer => Longs(type, job, default(IntegerReader)),
            ColumnKind.Decimal when type.IsWide => Wide(type, job, new WideDecimalReader(separator, type.Scale)),
            ColumnKind.Decimal => Longs(type, job, new DecimalReader(separator, type.Scale)),
            ColumnKind.Float => Longs(type, job, new FloatReader(separator)),
            ColumnKind.Boolean => Longs(type, job, default(BooleanReader)),
            ColumnKind.Date when pattern == TextPattern.Iso => Longs(type, job, new IsoDateReader(FastDate.Months)),
            ColumnKind.Date when pattern == TextPattern.DayFirst => Longs(type, job, default(DayFirstDateReader)),
            ColumnKind.Timestamp when pattern == TextPattern.Iso => Longs(type, job, new IsoTimestampReader(type.Scale, FastDate.Months)),
            ColumnKind.Timestamp when pattern == TextPattern.DayFirst => Longs(type, job, new DayFirstTimestampReader(type.Scale)),
            ColumnKind.Date or ColumnKind.Timestamp => Longs(type, job, new CustomReader(CustomDate.Parse(format.DateFormat)!, type)),
            ColumnKind.Instant => Longs(type, job, new InstantReader(type.Scale, FastDate.Months)),
            ColumnKind.Time => Longs(type, job, default(TimeReader)),
            _ => throw new StreamEtlException(ErrorKind.Internal, $"no value of {type} is read from text"),
        };
    }

    private static Column Longs<TReader>(ColumnType type, ReadJob job, TReader reader)
        where TReader : struct, IReader<long>
    {
        long[] values = job.Lease.Rent<long>(job.Count);
        Fill(job, reader, values);
        return job.ToColumn(type, longs: values);
    }

    private static Column Wide<TReader>(ColumnType type, ReadJob job, TReader reader)
        where TReader : struct, IReader<Int128>
    {
        Int128[] values = job.Lease.Rent<Int128>(job.Count);
        Fill(job, reader, values);
        return job.ToColumn(type, wide: values);
    }

    private static void Fill<T, TReader>(ReadJob job, TReader reader, T[] values)
        where TReader : struct, IReader<T>
    {
        Span<TextView> texts = stackalloc TextView[RowsAtOnce];
        for (int first = 0; first < job.Count; first += RowsAtOnce)
        {
            int rows = Math.Min(RowsAtOnce, job.Count - first);
            ulong nulls = job.Find(first, texts[..rows]);
            Span<T> to = values.AsSpan(first, rows);
            if (nulls == 0)
            {
                for (int i = 0; i < to.Length; i++)
                {
                    Read(job, reader, texts[i], first + i, out to[i]);
                }
                continue;
            }
            // A column may be NULL in nearly every row of a wide table: only what is there costs anything.
            to.Clear();
            for (ulong present = ~nulls & (ulong.MaxValue >> (64 - rows)); present != 0; present &= present - 1)
            {
                int i = BitOperations.TrailingZeroCount(present);
                Read(job, reader, texts[i], first + i, out to[i]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<T, TReader>(ReadJob job, TReader reader, TextView text, int row, out T value)
        where TReader : struct, IReader<T>
    {
        if (
            text.Start > job.LastFast
            || !reader.TryFast(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(job.Bytes), text.Start), text.Length, out value)
        )
        {
            value = ReadAnyway<T, TReader>(job, reader, text, row);
        }
    }

    /// <summary>What no quick reader took: values in quotes or of rare spellings, NULLs that are spelled out, and what does not fit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T ReadAnyway<T, TReader>(ReadJob job, TReader reader, TextView found, int row)
        where TReader : struct, IReader<T>
    {
        TextView text = job.Texts.Resolve(row, found, out bool isNull);
        if (isNull)
        {
            job.MarkNull(row);
            return default!;
        }
        if (
            text != found
            && text.Start <= job.LastFast
            && reader.TryFast(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(job.Bytes), text.Start), text.Length, out T value)
        )
        {
            return value;
        }
        if (reader.TryRead(job.Bytes.AsSpan(text.Start, text.Length), out value))
        {
            return value;
        }
        job.Refuse(row, text);
        return default!;
    }

    /// <summary>A column that is being read.</summary>
    private sealed class ReadJob(ITexts texts, int count, BufferLease lease, ulong[] bad)
    {
        private readonly ulong[] _nulls = lease.Rent<ulong>((count + 63) >> 6);
        private int _nullCount;

        public ITexts Texts => texts;

        public byte[] Bytes { get; } = texts.Bytes;

        /// <summary>From a text that starts behind this, a quick reader would look beyond the array.</summary>
        public int LastFast { get; } = texts.Bytes.Length - FastText.Reach;

        public int Count => count;

        public BufferLease Lease => lease;

        public int BadCount { get; private set; }

        public TextView[]? Refused { get; private set; }

        public ulong Find(int first, Span<TextView> found)
        {
            ulong nulls = texts.Find(first, first + found.Length, found) & (ulong.MaxValue >> (RowsAtOnce - found.Length));
            _nulls[first >> 6] = nulls;
            _nullCount += BitOperations.PopCount(nulls);
            return nulls;
        }

        public void MarkNull(int row)
        {
            _nulls[row >> 6] |= 1UL << row;
            _nullCount++;
        }

        public void Refuse(int row, TextView text)
        {
            Refused ??= lease.Rent<TextView>(count);
            Refused[row] = text;
            bad[row >> 6] |= 1UL << row;
            BadCount++;
            MarkNull(row);
        }

        public Column ToColumn(ColumnType type, long[]? longs = null, Int128[]? wide = null) =>
            new()
            {
                Type = type,
                Count = count,
                NullCount = _nullCount,
                Nulls = _nullCount == 0 ? null : _nulls,
                Longs = longs,
                Wide = wide,
            };
    }
}
