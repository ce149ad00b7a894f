using System.Runtime.CompilerServices;
using StreamEtl.Types;

namespace StreamEtl.Batches;

/// <summary>
/// The values of one column in one batch, by kind:
/// Boolean (0/1), Integer, Decimal up to 18 digits (unscaled), Float (IEEE-754 bits), Date (days), Time, Timestamp and Instant (units since
/// the epoch) in <see cref="Longs"/>; Decimal beyond 18 digits (unscaled) in <see cref="Wide"/>; Text and Binary as <see cref="Views"/> over
/// <see cref="Bytes"/>; Null in nothing.
/// A NULL has its bit set in <see cref="Nulls"/> and the value 0 (or an empty view), so that loops need no branch.
/// The arrays belong to the batch's lease and may be longer than <see cref="Count"/>.
/// </summary>
public sealed class Column
{
    /// <summary>The type of every value.</summary>
    public required ColumnType Type { get; init; }

    /// <summary>Rows.</summary>
    public required int Count { get; init; }

    /// <summary>Rows that are NULL.</summary>
    public int NullCount { get; init; }

    /// <summary>Bit <c>row &amp; 63</c> of element <c>row &gt;&gt; 6</c> is set where the row is NULL. Null exactly when <see cref="NullCount"/> is 0.</summary>
    public ulong[]? Nulls { get; init; }

    /// <summary>Fixed-width values.</summary>
    public long[]? Longs { get; init; }

    /// <summary>128-bit decimals.</summary>
    public Int128[]? Wide { get; init; }

    /// <summary>Text and binary values.</summary>
    public TextView[]? Views { get; init; }

    /// <summary>What the views point into; shared by many columns of a batch.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>True where the row is NULL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) => Nulls is not null && (Nulls[row >> 6] >> row & 1) != 0;

    /// <summary>The bytes of a text or binary value.</summary>
    public ReadOnlySpan<byte> Text(int row)
    {
        TextView view = Views![row];
        return Bytes.AsSpan(view.Start, view.Length);
    }

    /// <summary>A column of NULLs.</summary>
    public static Column AllNull(ColumnType type, int count, Memory.BufferLease lease)
    {
        ulong[] nulls = lease.Rent<ulong>((count + 63) >> 6);
        Array.Fill(nulls, ulong.MaxValue);
        long[]? longs = null;
        Int128[]? wide = null;
        TextView[]? views = null;
        if (type.IsVariable)
        {
            views = lease.Rent<TextView>(count);
            Array.Clear(views);
        }
        else if (type.IsWide)
        {
            wide = lease.Rent<Int128>(count);
            Array.Clear(wide);
        }
        else if (type.Kind != ColumnKind.Null)
        {
            longs = lease.Rent<long>(count);
            Array.Clear(longs);
        }
        return new Column
        {
            Type = type,
            Count = count,
            NullCount = count,
            Nulls = count == 0 ? null : nulls,
            Longs = longs,
            Wide = wide,
            Views = views,
            Bytes = views is null ? null : [],
        };
    }
}
