using StreamEtl.Batches;

namespace StreamEtl.Pipeline;

/// <summary>Rows of a batch that was read by keys and records only, with all their values.</summary>
internal static class OpenRows
{
    /// <summary>
    /// Reads the values of <paramref name="count"/> rows that the pass put off, and adds those of the key, which it did not. The result lives as long as the batch.
    /// </summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">Positions, ascending, in an array of the batch's lease.</param>
    /// <param name="count">How many.</param>
    /// <param name="keys">The columns that the batch has.</param>
    /// <exception cref="TypesContradictedException">A value contradicts its type.</exception>
    public static RowBatch Read(RowBatch batch, int[] rows, int count, int[] keys)
    {
        RowBatch rest = batch.ReadRest!(rows, count);
        if (rest.Contradicted)
        {
            throw new TypesContradictedException();
        }
        foreach (int key in keys)
        {
            rest.Columns[key] = BatchCompactor.Gather(batch.Columns[key]!, rows.AsSpan(0, count), batch.Lease);
        }
        rest.FirstRow = batch.FirstRow;
        return rest;
    }
}
