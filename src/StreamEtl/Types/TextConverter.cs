using System.Numerics;
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
public static partial class TextConverter
{
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
        for (int first = 0; first < job.Count; first += 64)
        {
            int last = Math.Min(first + 64, job.Count);
            ulong nulls = job.NullWord(first >> 6);
            if (nulls == 0)
            {
                for (int i = first; i < last; i++)
                {
                    Read(ref job, reader, values, i);
                }
                continue;
            }
            // A column may be NULL in nearly every row of a wide table: only what is there costs anything.
            Array.Clear(values, first, last - first);
            for (ulong present = ~nulls & (ulong.MaxValue >> (64 - (last - first))); present != 0; present &= present - 1)
            {
                Read(ref job, reader, values, first + BitOperations.TrailingZeroCount(present));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Read<T, TReader>(ref Job job, TReader reader, T[] values, int i)
        where TReader : struct, IReader<T>
    {
        byte[] bytes = job.Bytes;
        TextView view = job.Views[i];
        if (
            view.Start <= bytes.Length - FastText.Reach
            && reader.TryFast(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(bytes), view.Start), view.Length, out T value)
        )
        {
            values[i] = value;
        }
        else if (!reader.TryRead(bytes.AsSpan(view.Start, view.Length), out values[i]))
        {
            values[i] = default!;
            job.MarkBad(i);
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

        /// <summary>Which of 64 rows are NULL.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ulong NullWord(int word) => _nulls is null ? 0 : _nulls[word];

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
}
