using StreamEtl.Batches;
using StreamEtl.Hashing;

namespace StreamEtl.Pipeline;

/// <summary>Hashes chosen columns of a batch: the part of deciding that needs no order.</summary>
internal static class RowHashes
{
    /// <summary>Seeds of the two kinds of hash; any two different numbers do.</summary>
    private const ulong KeySeed = 0x6B65795F73656564;
    private const ulong RowSeed = 0x726F775F73656564;

    /// <summary>Fills <see cref="RowBatch.KeyHashes"/>.</summary>
    public static void HashKeys(RowBatch batch, IReadOnlyList<int> columns) => batch.KeyHashes = Hash(batch, columns, KeySeed);

    /// <summary>Fills <see cref="RowBatch.RowHashes"/>.</summary>
    public static void HashRows(RowBatch batch, IReadOnlyList<int> columns) => batch.RowHashes = Hash(batch, columns, RowSeed);

    /// <summary>Fills <see cref="RowBatch.RowPrints"/>.</summary>
    public static void PrintRows(RowBatch batch, IReadOnlyList<int> columns)
    {
        batch.RowPrints = batch.Lease.Rent<ulong>(batch.RowCount);
        RowHasher.Print(Pick(batch, columns), batch.RowCount, batch.RowPrints);
    }

    /// <summary>Hashes of the keys of malformed rows, made like those of good ones.</summary>
    public static Hash128[] HashHeld(HeldKeys held, IReadOnlyList<int> columns)
    {
        var hashes = new Hash128[held.Count];
        RowHasher.Hash([.. columns.Select(c => held.Columns[c]!)], held.Count, KeySeed, hashes);
        return hashes;
    }

    /// <summary>The chosen columns.</summary>
    public static Column[] Pick(RowBatch batch, IReadOnlyList<int> columns)
    {
        var picked = new Column[columns.Count];
        for (int i = 0; i < picked.Length; i++)
        {
            picked[i] = batch.Columns[columns[i]]!;
        }
        return picked;
    }

    private static Hash128[] Hash(RowBatch batch, IReadOnlyList<int> columns, ulong seed)
    {
        Hash128[] hashes = batch.Lease.Rent<Hash128>(batch.RowCount);
        RowHasher.Hash(Pick(batch, columns), batch.RowCount, seed, hashes);
        return hashes;
    }
}
