using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Types;

namespace StreamEtl.Parquet.Reading;

/// <summary>Values as a column keeps them: one of the three arrays, by type.</summary>
internal sealed class ValueArray
{
    /// <summary>Rents room for <paramref name="count"/> values of a type.</summary>
    public ValueArray(ColumnType type, int count, BufferLease lease)
    {
        if (type.IsVariable)
        {
            Views = lease.Rent<TextView>(count);
        }
        else if (type.IsWide)
        {
            Wide = lease.Rent<Int128>(count);
        }
        else
        {
            Longs = lease.Rent<long>(count);
        }
    }

    /// <summary>Values of fixed width.</summary>
    public long[]? Longs { get; private set; }

    /// <summary>128-bit decimals.</summary>
    public Int128[]? Wide { get; private set; }

    /// <summary>Text and bytes.</summary>
    public TextView[]? Views { get; private set; }

    /// <summary>Makes room for more, keeping the first <paramref name="count"/>.</summary>
    public void Grow(BufferLease lease, int count, int minimum)
    {
        if (Longs is { } longs)
        {
            Longs = Grown(longs, lease, count, minimum);
        }
        else if (Wide is { } wide)
        {
            Wide = Grown(wide, lease, count, minimum);
        }
        else
        {
            Views = Grown(Views!, lease, count, minimum);
        }
    }

    /// <summary>Takes over the values at <paramref name="picks"/> of an array of the same type, from <paramref name="at"/> on.</summary>
    public void Take(ValueArray from, ReadOnlySpan<int> picks, int at)
    {
        if (Longs is { } longs)
        {
            Take(from.Longs!, picks, longs.AsSpan(at));
        }
        else if (Wide is { } wide)
        {
            Take(from.Wide!, picks, wide.AsSpan(at));
        }
        else
        {
            Take(from.Views!, picks, Views.AsSpan(at));
        }
    }

    /// <summary>Moves the first <paramref name="present"/> of <paramref name="count"/> values from <paramref name="at"/> on to the rows that are not NULL; NULL rows become 0.</summary>
    public void Spread(ulong[] nulls, int at, int count, int present)
    {
        if (Longs is { } longs)
        {
            Spread(longs, nulls, at, count, present);
        }
        else if (Wide is { } wide)
        {
            Spread(wide, nulls, at, count, present);
        }
        else
        {
            Spread(Views!, nulls, at, count, present);
        }
    }

    private static void Spread<T>(T[] values, ulong[] nulls, int at, int count, int present)
    {
        int from = at + present;
        // From the end, because a value never moves towards the front. Once source and target meet, the rest is in place.
        for (int row = at + count - 1; row >= from; row--)
        {
            if ((nulls[row >> 6] >> row & 1) != 0)
            {
                values[row] = default!;
            }
            else
            {
                values[row] = values[--from];
            }
        }
    }

    private static void Take<T>(T[] from, ReadOnlySpan<int> picks, Span<T> to)
    {
        for (int i = 0; i < picks.Length; i++)
        {
            to[i] = from[picks[i]];
        }
    }

    private static T[] Grown<T>(T[] array, BufferLease lease, int count, int minimum)
        where T : unmanaged
    {
        if (minimum > array.Length)
        {
            lease.Grow(ref array, count, minimum);
        }
        return array;
    }
}
