using StreamEtl.Batches;
using StreamEtl.Diagnostics;
using StreamEtl.Types;

namespace StreamEtl.Pipeline;

/// <summary>Which rows of a side came from which origin: inputs follow each other in the order of the origins, so each origin is a range of ordinals.</summary>
internal sealed class OriginRows
{
    private readonly string[] _names;

    /// <summary>Ordinal of the first row of each origin, and behind the last one the number of rows.</summary>
    private readonly long[] _starts;
    private readonly byte[] _bytes;
    private readonly TextView[] _views;

    /// <summary>Reads the ranges from what a pass that counted rows has noted of the side.</summary>
    public OriginRows(IReadOnlyList<ConsolidateOrigin> origins, TableSide side)
    {
        _names = [.. origins.Select(o => o.Name)];
        _starts = new long[origins.Count + 1];
        int input = 0;
        for (int i = 0; i < origins.Count; i++)
        {
            long rows = 0;
            for (int n = 0; n < origins[i].Inputs.Count; n++)
            {
                rows += side.Marks(input++).Sum(m => (long)m.Rows);
            }
            _starts[i + 1] = _starts[i] + rows;
        }
        byte[][] texts = [.. _names.Select(System.Text.Encoding.UTF8.GetBytes)];
        _bytes = [.. texts.SelectMany(t => t)];
        _views = new TextView[texts.Length];
        int start = 0;
        for (int i = 0; i < texts.Length; i++)
        {
            _views[i] = new TextView(start, texts[i].Length);
            start += texts[i].Length;
        }
    }

    /// <summary>Rows and winners of each origin.</summary>
    public IEnumerable<OriginReport> Count(RowBitmap winners)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            yield return new OriginReport(_names[i], _starts[i + 1] - _starts[i], winners.Count(_starts[i], _starts[i + 1]));
        }
    }

    /// <summary>Adds the column of names behind a batch's own. The rows of a batch are of one input, hence of one origin.</summary>
    public void Add(RowBatch batch)
    {
        int origin = 0;
        while (_starts[origin + 1] <= batch.FirstRow && origin + 1 < _names.Length)
        {
            origin++;
        }
        TextView[] views = batch.Lease.Rent<TextView>(batch.RowCount);
        views.AsSpan(0, batch.RowCount).Fill(_views[origin]);
        batch.Columns =
        [
            .. batch.Columns,
            new Column
            {
                Type = ColumnType.Text,
                Count = batch.RowCount,
                Views = views,
                Bytes = _bytes,
            },
        ];
    }
}
