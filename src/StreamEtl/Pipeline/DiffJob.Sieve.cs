using StreamEtl.Batches;
using StreamEtl.Diff;
using StreamEtl.Hashing;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <content>
/// The pass that spares most of the work: of two dumps of one table nearly every row is the same, and needs no more than 16 bytes of memory. Where both are written alike, rows are told by
/// their bytes, and only keys are read; OLD's values are still converted where they could contradict a type, so that types hold for the whole input, and NEW's equal ones need not be.
/// </content>
internal sealed partial class DiffJob
{
    /// <summary>Inputs that are no larger are compared at once: each pass has a cost of its own.</summary>
    internal static long FewBytes { get; set; } = 4 << 20;

    /// <summary>Share of the memory that the table of the first side's rows may take; with less the comparison spills, and this would only be one more pass.</summary>
    private const int TableShare = 2;

    /// <summary>Finds the rows that must be compared, and keeps those of the second side while they are few; null when all rows must be.</summary>
    private async Task<SievedRows?> SieveAsync(DiffRoles roles)
    {
        _first = ReadsNewFirst() ? New : Old;
        if (!CanSieve())
        {
            return null;
        }
        bool byRecord = SievesRecords();
        int second = New - _first;
        await Run.Rejects.RestartAsync().ConfigureAwait(false);
        using var sieve = new RowSieve(Run.Budget, Sides[_first].EstimatedRows);
        _open = new KeptRows(Run.Budget, Sides[second].Inputs[0].Info);
        try
        {
            var spec = new PassSpec
            {
                Phase = "looking for equal rows",
                Segments =
                [
                    byRecord ? SieveRecords(_first, sieve, roles) : SieveValues(_first, sieve, roles),
                    byRecord ? SieveRecords(second, sieve, roles) : SieveValues(second, sieve, roles),
                ],
                CountsRows = true,
            };
            await PipelineGraph.RunAsync(Run, spec).ConfigureAwait(false);
        }
        catch (RowsDifferException)
        {
            Run.Report.Passes.Add("start again with all rows: few are equal on both sides");
            ReleaseKept();
            return null;
        }
        return sieve.Finish();
    }

    /// <summary>Rows are told by the hashes of their records.</summary>
    private PassSegment SieveRecords(int side, RowSieve sieve, DiffRoles roles)
    {
        bool[] isKey = [.. Enumerable.Range(0, Columns.Columns.Count).Select(roles.Keys.Contains)];
        return Segment(
            side,
            Columns,
            c => isKey[c] || (side == Old && Columns.Columns[c].Type.Kind != ColumnKind.Text),
            roles.Keys,
            prepare: batch => RowHashes.HashKeys(batch, roles.Keys),
            accept: batch =>
                Sieve(side, batch, sieve, batch.RecordHashes!, (open, count) => _open!.Add(OpenRows.Read(batch, open, count, roles.Keys))),
            rest: c => side == New && !isKey[c],
            notesPlaces: true
        );
    }

    /// <summary>Rows are told by the hashes of their values.</summary>
    private PassSegment SieveValues(int side, RowSieve sieve, DiffRoles roles) =>
        Segment(
            side,
            Columns,
            c => roles.Has(c) || (side != _first && _written.Contains(c)),
            roles.Keys,
            prepare: batch =>
            {
                RowHashes.HashKeys(batch, roles.Keys);
                RowHashes.PrintRows(batch, roles.Telling);
            },
            accept: batch =>
                Sieve(
                    side,
                    batch,
                    sieve,
                    batch.RowPrints!,
                    (open, count) =>
                    {
                        batch.Select(open, count);
                        _open!.Add(batch);
                    }
                ),
            notesPlaces: true
        );

    /// <summary>Shows a batch to the sieve; rows of the second side that stay open are kept, now that their bytes are at hand.</summary>
    private void Sieve(int side, RowBatch batch, RowSieve sieve, ulong[] prints, Action<int[], int> keep)
    {
        ReadOnlySpan<Hash128> keys = batch.KeyHashes.AsSpan(0, batch.RowCount);
        if (side == _first)
        {
            sieve.AddFirst(keys, prints.AsSpan(0, batch.RowCount), batch.FirstRow);
        }
        else
        {
            int[] open = batch.Lease.Rent<int>(batch.RowCount);
            int count = sieve.AddSecond(keys, prints.AsSpan(0, batch.RowCount), batch.FirstRow, open);
            if (count > 0 && _open!.IsComplete)
            {
                keep(open, count);
            }
        }
        if (!sieve.IsWorthwhile)
        {
            throw new RowsDifferException();
        }
    }

    /// <summary>Whether the table fits; in exact mode no hash is trusted.</summary>
    private bool CanSieve() =>
        !RowContent.IsNeeded(options.Exact)
        && (Sides[Old].TotalBytes + Sides[New].TotalBytes ?? long.MaxValue) > FewBytes
        && RowSieve.Bytes(Sides[_first].EstimatedRows) < Run.Budget.Limit / TableShare;

    /// <summary>
    /// The side that is read first is read again for its open rows; the other's are kept as they pass. To find few rows of a plain text again costs little, those of Parquet nearly as much as
    /// all of them. OLD's rejects come first, so this is for a side that has none.
    /// </summary>
    private bool ReadsNewFirst() => Sides[New].IsPlain && Sides[Old].KnowsRows && options.Schema is null;

    /// <summary>
    /// Whether records of the same bytes have the same values, and are likely. Where columns are left out of the comparison, those are most likely the ones that change. Under a schema every
    /// value must be read.
    /// </summary>
    private bool SievesRecords() =>
        Sides[Old].RecordForm is { } form
        && form == Sides[New].RecordForm
        && Sides.All(s => s.IsPlain)
        && Columns.Columns.All(c => c.Patterns[Old] == c.Patterns[New])
        && options.Schema is null
        && options.Compare is null
        && options.Ignore.Count == 0;
}
