using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <content>
/// The pass that spares most of the work: of two dumps of one table nearly every record is the same byte for byte, and of such a record only the key is read. OLD's values are still
/// converted where they could contradict a type, so that types hold for the whole input; NEW's equal ones need not be.
/// </content>
internal sealed partial class DiffJob
{
    /// <summary>Inputs that are no larger are compared by value at once: each pass has a cost of its own.</summary>
    internal static long FewBytes { get; set; } = 4 << 20;

    /// <summary>Share of the memory that the table of OLD's records may take; with less the comparison spills, and this would only be one more pass.</summary>
    private const int TableShare = 2;

    /// <summary>Finds the rows whose values must be compared, and keeps those of NEW while they are few; null when all rows must be.</summary>
    private async Task<SievedRows?> SieveAsync(int[] keys)
    {
        if (!CanSieve())
        {
            return null;
        }
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        using var sieve = new RecordSieve(Run.Budget, OldRows());
        _open = new KeptRows(Run.Budget, Sides[New].Inputs[0].Info);
        bool[] isKey = [.. Enumerable.Range(0, Columns.Columns.Count).Select(keys.Contains)];
        try
        {
            var spec = new PassSpec
            {
                Phase = "comparing records",
                Segments =
                [
                    Sieve(
                        Old,
                        sieve,
                        keys,
                        c => isKey[c] || Columns.Columns[c].Type.Kind != ColumnKind.Text,
                        _ => false,
                        batch =>
                            sieve.AddOld(
                                batch.KeyHashes.AsSpan(0, batch.RowCount),
                                batch.RecordHashes.AsSpan(0, batch.RowCount),
                                batch.FirstRow
                            )
                    ),
                    Sieve(New, sieve, keys, c => isKey[c], c => !isKey[c], batch => Settle(batch, sieve, keys)),
                ],
                CountsRows = true,
            };
            await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        }
        catch (RecordsDifferException)
        {
            Run.Report.Passes.Add("start again comparing values: most records differ in their bytes");
            ReleaseKept();
            return null;
        }
        Run.Pool.Trim();
        return sieve.Finish();
    }

    private PassSegment Sieve(
        int side,
        RecordSieve sieve,
        int[] keys,
        Func<int, bool> wanted,
        Func<int, bool> rest,
        Action<RowBatch> see
    ) =>
        Segment(
            side,
            Columns,
            wanted,
            keys,
            prepare: batch => RowHashes.HashKeys(batch, keys),
            accept: batch =>
            {
                see(batch);
                if (!sieve.IsWorthwhile)
                {
                    throw new RecordsDifferException();
                }
            },
            rest: rest
        );

    /// <summary>Settles the rows of NEW that OLD has, and reads the others' values now that their bytes are at hand.</summary>
    private void Settle(RowBatch batch, RecordSieve sieve, int[] keys)
    {
        int[] open = batch.Lease.Rent<int>(batch.RowCount);
        int count = sieve.AddNew(
            batch.KeyHashes.AsSpan(0, batch.RowCount),
            batch.RecordHashes.AsSpan(0, batch.RowCount),
            batch.FirstRow,
            open
        );
        if (count > 0 && _open!.IsComplete)
        {
            _open.Add(OpenRows.Read(batch, open, count, keys));
        }
    }

    /// <summary>About how many rows OLD has.</summary>
    private long OldRows() => Sides[Old].SampleRowBytes > 0 ? (long)(Sides[Old].TotalBytes!.Value / Sides[Old].SampleRowBytes) : 0;

    /// <summary>
    /// Whether records of the same bytes have the same values, and are likely. Where columns are left out of the comparison, those are most likely the ones that change. Under a schema every
    /// value must be read, and in exact mode no hash is trusted.
    /// </summary>
    private bool CanSieve() =>
        Sides[Old].RecordForm is { } form
        && form == Sides[New].RecordForm
        && Sides.All(s => s.IsPlain)
        && Columns.Columns.All(c => c.Patterns[Old] == c.Patterns[New])
        && options.Schema is null
        && options.Compare is null
        && options.Ignore.Count == 0
        && !RowContent.IsNeeded(options.Exact)
        && Sides[Old].TotalBytes + Sides[New].TotalBytes > FewBytes
        && RecordSieve.Bytes(OldRows()) < Run.Budget.Limit / TableShare;
}
