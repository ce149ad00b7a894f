using StreamEtl.Spill;

namespace StreamEtl.Tables;

/// <summary>Counts how one ledger differs from another, key by key, in one pass over both.</summary>
/// <param name="Inserts">Keys that only the newer has.</param>
/// <param name="Updates">Keys whose rows differ; 0 when row hashes do not compare.</param>
/// <param name="Deletes">Keys that only the older has.</param>
/// <param name="Unchanged">Keys whose rows are equal; all common ones when row hashes do not compare.</param>
internal readonly record struct LedgerTally(long Inserts, long Updates, long Deletes, long Unchanged)
{
    /// <summary>Reads both to the end. <paramref name="comparesRows"/> says that both hash rows alike.</summary>
    public static async ValueTask<LedgerTally> CountAsync(
        LedgerState older,
        LedgerState newer,
        bool comparesRows,
        CancellationToken cancellationToken
    )
    {
        var one = new Side(older);
        var two = new Side(newer);
        var tally = new LedgerTally();
        while (true)
        {
            await one.FillAsync(cancellationToken).ConfigureAwait(false);
            await two.FillAsync(cancellationToken).ConfigureAwait(false);
            if (one.Count == 0 || two.Count == 0)
            {
                break;
            }
            tally = Step(one, two, tally, comparesRows);
        }
        long deletes = await one.CountRestAsync(cancellationToken).ConfigureAwait(false);
        long inserts = await two.CountRestAsync(cancellationToken).ConfigureAwait(false);
        return tally with { Deletes = tally.Deletes + deletes, Inserts = tally.Inserts + inserts };
    }

    private static LedgerTally Step(Side one, Side two, LedgerTally tally, bool comparesRows)
    {
        (long inserts, long updates, long deletes, long unchanged) = tally;
        while (one.At < one.Count && two.At < two.Count)
        {
            ref readonly KeyRecord old = ref one.Block[one.At];
            ref readonly KeyRecord fresh = ref two.Block[two.At];
            int order = LedgerFormat.Compare(old.Key, fresh.Key);
            one.At += order <= 0 ? 1 : 0;
            two.At += order >= 0 ? 1 : 0;
            deletes += order < 0 ? 1 : 0;
            inserts += order > 0 ? 1 : 0;
            bool differs = comparesRows && old.Row != fresh.Row;
            updates += order == 0 && differs ? 1 : 0;
            unchanged += order == 0 && !differs ? 1 : 0;
        }
        return new LedgerTally(inserts, updates, deletes, unchanged);
    }

    private sealed class Side(LedgerState ledger)
    {
        public readonly KeyRecord[] Block = new KeyRecord[4096];
        public int At;
        public int Count;

        public async ValueTask FillAsync(CancellationToken cancellationToken)
        {
            if (At == Count)
            {
                Count = await ledger.ReadAsync(Block, cancellationToken).ConfigureAwait(false);
                At = 0;
            }
        }

        public async ValueTask<long> CountRestAsync(CancellationToken cancellationToken)
        {
            long rest = 0;
            do
            {
                await FillAsync(cancellationToken).ConfigureAwait(false);
                rest += Count - At;
                At = Count;
            } while (Count > 0);
            return rest;
        }
    }
}
