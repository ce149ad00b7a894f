using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;

namespace StreamEtl.Types;

/// <summary>
/// Text to typed values, a column at a time. Strict: a value converts exactly when evidence that resolved to the type still would with that value added, so a pass
/// that converts everything has proven the type.
/// </summary>
public static partial class TextConverter
{
    /// <summary>Values are read in whole vectors, so a block of text has so many bytes behind its last.</summary>
    internal const int Slack = 32;

    /// <summary>True for the types whose values are read from their texts; the others are their texts, or nothing.</summary>
    internal static bool IsRead(ColumnType type) => type.Kind is not (ColumnKind.Text or ColumnKind.Binary or ColumnKind.Null);

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
        if (IsRead(type))
        {
            var job = new ReadJob(new KnownTexts(bytes, views, nulls), count, lease, bad);
            Column column = Read(type, pattern, format, job);
            badCount = job.BadCount;
            return column;
        }
        badCount = type.Kind switch
        {
            ColumnKind.Text when pattern == TextPattern.DayFirst => ProvenTexts(bytes, views.AsSpan(0, count), bad),
            ColumnKind.Text or ColumnKind.Binary => 0,
            ColumnKind.Null => OnlyNulls(nulls, count, bad),
            _ => throw new StreamEtlException(ErrorKind.Internal, $"text is not converted to {type}"),
        };
        if (type.Kind == ColumnKind.Null)
        {
            return Column.AllNull(type, count, lease);
        }
        return new Column
        {
            Type = type,
            Count = count,
            NullCount = nullCount,
            Nulls = nullCount == 0 ? null : nulls,
            Views = views,
            Bytes = bytes,
        };
    }

    /// <summary>Text that looks like unproven day-first dates: a day beyond 12 would prove them, so it contradicts.</summary>
    private static int ProvenTexts(byte[] bytes, ReadOnlySpan<TextView> views, ulong[] bad)
    {
        int badCount = 0;
        for (int i = 0; i < views.Length; i++)
        {
            ReadOnlySpan<byte> text = bytes.AsSpan(views[i].Start, views[i].Length);
            if (text.Length >= 10 && DateText.TryDayFirstDate(text[..10], out _, out int day) && day > 12)
            {
                bad[i >> 6] |= 1UL << i;
                badCount++;
            }
        }
        return badCount;
    }

    private static int OnlyNulls(ulong[]? nulls, int count, ulong[] bad)
    {
        int badCount = 0;
        for (int i = 0; i < count; i++)
        {
            if (nulls is null || (nulls[i >> 6] >> i & 1) == 0)
            {
                bad[i >> 6] |= 1UL << i;
                badCount++;
            }
        }
        return badCount;
    }
}
