using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>One pass over a text through the row source, with what it gave: rows as text, rejects with absolute lines, or the error that ended it.</summary>
internal sealed class CsvPass
{
    public List<string> Names { get; } = [];

    public int Columns => Names.Count;

    /// <summary>Rows, fields joined with <c>|</c>; NULL is <c>~</c>.</summary>
    public List<string> Values { get; } = [];

    public long Rows { get; private set; }

    public List<RejectedRecord> Rejects { get; } = [];

    /// <summary>As they stood at the end.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public StreamEtlException? Error { get; private set; }

    public int OutstandingLeases { get; private set; }

    /// <summary>Reads everything; <paramref name="plan"/> makes the plan for a number of columns, all text when null.</summary>
    public static async Task<CsvPass> RunAsync(
        byte[] text,
        CsvReadOptions options,
        int block,
        Func<IReadOnlyList<SourceColumn>, IReadOnlyList<PlanColumn>>? plan = null
    )
    {
        var pass = new CsvPass();
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        try
        {
            await using CsvRowSource source = await CsvRowSource.OpenAsync(new MemoryInput(text), options, pool, CancellationToken.None);
            await pass.ReadAsync(source, block, (plan ?? AllText)(source.Columns));
        }
        catch (StreamEtlException e)
        {
            pass.Error = e;
        }
        pass.OutstandingLeases = pool.OutstandingLeases;
        return pass;
    }

    private static IReadOnlyList<PlanColumn> AllText(IReadOnlyList<SourceColumn> columns) =>
        [.. columns.Select((c, i) => new PlanColumn(c.Name, i, ColumnType.Text, ColumnMode.Convert))];

    private async Task ReadAsync(CsvRowSource source, int block, IReadOnlyList<PlanColumn> plan)
    {
        Names.AddRange(source.Columns.Select(c => c.Name));
        long line = source.FirstLine;
        while (await source.ReadAsync(block, CancellationToken.None) is { } unit)
        {
            using RowBatch batch = source.Decode(unit, plan);
            Rows += batch.RowCount;
            Rejects.AddRange(batch.Rejects.Select(r => r with { Line = r.Line + line }));
            line += batch.LineCount;
            for (int r = 0; r < batch.RowCount; r++)
            {
                Values.Add(string.Join('|', batch.Columns.Select(c => Value(c!, r))));
            }
        }
        Warnings = source.Warnings;
    }

    private static string Value(Column column, int row) =>
        column.IsNull(row) ? "~"
        : column.Type.Kind == ColumnKind.Text ? System.Text.Encoding.UTF8.GetString(column.Text(row))
        : column.Longs![row].ToString(System.Globalization.CultureInfo.InvariantCulture);
}
