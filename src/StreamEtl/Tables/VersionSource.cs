using StreamEtl.Batches;
using StreamEtl.Memory;
using StreamEtl.Parquet.Reading;
using StreamEtl.Sources;

namespace StreamEtl.Tables;

/// <summary>
/// Chosen rows of a version's files, one file after the other, under the version's schema: a column that an older file lacks is NULL there, one that it holds under
/// a narrower type is widened, and <c>_cdc_</c> columns are none of the table's.
/// </summary>
internal sealed class VersionSource : IRowSource, IPlannedSource
{
    private readonly OpenVersion _version;
    private readonly IReadOnlyList<RowBitmap?> _rows;
    private readonly BufferPool _pool;
    private IReadOnlyList<PlanColumn> _plan = [];
    private FilePart? _part;
    private int _file = -1;
    private long _passed;

    /// <summary>Reads the rows of <paramref name="rows"/> (for each file a bitmap, or null for all). Everything stays the caller's.</summary>
    public VersionSource(string name, OpenVersion version, IReadOnlyList<RowBitmap?> rows, BufferPool pool)
    {
        _version = version;
        _rows = rows;
        _pool = pool;
        Info = new SourceInfo(name, version.Record.Files.Sum(f => f.Bytes));
        Columns = [.. version.Record.Schema.Select(f => new SourceColumn(f.Name, f.Type))];
    }

    /// <inheritdoc/>
    public SourceInfo Info { get; }

    /// <inheritdoc/>
    public long Position => _passed + (_part?.Source.Position ?? 0);

    /// <inheritdoc/>
    public long FirstLine => 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => [];

    /// <inheritdoc/>
    public IReadOnlyList<SourceColumn> Columns { get; }

    /// <inheritdoc/>
    public void SetPlan(IReadOnlyList<PlanColumn> plan) => _plan = plan;

    /// <inheritdoc/>
    public async ValueTask<SourceUnit?> ReadAsync(int targetBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_part is { } part)
            {
                if (await part.Source.ReadAsync(targetBytes, cancellationToken).ConfigureAwait(false) is { } unit)
                {
                    return new PartUnit(unit, part);
                }
                await part.Source.DisposeAsync().ConfigureAwait(false);
                _passed += _version.Files[_file].Info.Length!.Value;
                _part = null;
            }
            if (++_file >= _version.Files.Count)
            {
                return null;
            }
            await OpenPartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public RowBatch Decode(SourceUnit unit, IReadOnlyList<PlanColumn> plan)
    {
        var part = (PartUnit)unit;
        return part.Part.Source.Decode(part.Inner, part.Part.Plan);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_part is { } part)
        {
            _part = null;
            await part.Source.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask OpenPartAsync(CancellationToken cancellationToken)
    {
        RowBitmap? rows = _rows[_file];
        if (rows is not null && rows.Next(0, rows.Rows) == rows.Rows)
        {
            _passed += _version.Files[_file].Info.Length!.Value;
            return;
        }
        ParquetRowSource source = await ParquetRowSource
            .OpenAsync(
                ReadAheadBytes.Over(new SharedBytes(_version.Files[_file]), _version.Log.Store.IsRemote, _pool),
                _pool,
                rows,
                cancellationToken
            )
            .ConfigureAwait(false);
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int c = 0; c < source.Columns.Count; c++)
        {
            ordinals[source.Columns[c].Name] = c;
        }
        PlanColumn[] plan =
        [
            .. _plan.Select(p =>
                p.SourceOrdinal < 0 ? p : p with { SourceOrdinal = ordinals.GetValueOrDefault(Columns[p.SourceOrdinal].Name, -1) }
            ),
        ];
        source.SetPlan(plan);
        _part = new FilePart(source, plan);
    }

    private sealed record FilePart(ParquetRowSource Source, IReadOnlyList<PlanColumn> Plan);

    /// <summary>A unit of one of the files; it shares the lease of the unit inside.</summary>
    private sealed class PartUnit(SourceUnit inner, FilePart part) : SourceUnit(inner.Lease)
    {
        public SourceUnit Inner => inner;

        public FilePart Part => part;

        public override long InputBytes => inner.InputBytes;

        public override void Dispose()
        {
            inner.Dispose();
            base.Dispose();
        }
    }
}
