using System.Numerics;
using StreamEtl.Batches;
using StreamEtl.Memory;

namespace StreamEtl.Json;

/// <summary>The texts of one key in the records of a unit, in arrays of its lease; NULL where a record does not have the key.</summary>
internal sealed class JsonTexts
{
    /// <summary>For so many records at most; all of them NULL.</summary>
    public JsonTexts(BufferLease lease, int most)
    {
        Views = lease.Rent<TextView>(most);
        Array.Clear(Views, 0, most);
        Nulls = lease.Rent<ulong>((most + 63) >> 6);
        Array.Fill(Nulls, ulong.MaxValue);
    }

    /// <summary>Where the texts are; default where there is none.</summary>
    public TextView[] Views { get; }

    /// <summary>A set bit for each row without a text.</summary>
    public ulong[] Nulls { get; }

    /// <summary>Sets a row's text.</summary>
    public void Set(int row, TextView text)
    {
        Views[row] = text;
        Nulls[row >> 6] &= ~(1UL << row);
    }

    /// <summary>Makes a row NULL again.</summary>
    public void Forget(int row)
    {
        Views[row] = default;
        Nulls[row >> 6] |= 1UL << row;
    }

    /// <summary>Clears the bits behind the last of <paramref name="rows"/> rows; returns how many of these are NULL.</summary>
    public int Finish(int rows)
    {
        int words = (rows + 63) >> 6;
        if ((rows & 63) != 0)
        {
            Nulls[words - 1] &= (1UL << rows) - 1;
        }
        int count = 0;
        for (int w = 0; w < words; w++)
        {
            count += BitOperations.PopCount(Nulls[w]);
        }
        return count;
    }
}
