using System.Globalization;
using System.Security.Cryptography;
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
    /// <summary>Commas, double quotes, a header and UTF-8, all stated.</summary>
    public static CsvReadOptions Comma { get; } =
        new()
        {
            Encoding = "utf-8",
            Dialect = new CsvDialectOptions
            {
                Delimiter = (byte)',',
                Quote = (byte)'"',
                HasHeader = true,
                SkipLines = 0,
            },
        };

    public List<string> Names { get; } = [];

    public int Columns => Names.Count;

    /// <summary>SHA-256 over each row as in the corpus: each field as <c>length:bytes,</c>, then LF.</summary>
    public string? Hash { get; private set; }

    /// <summary>Most bytes that the pool held.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Rows, fields joined with <c>|</c>; NULL is <c>~</c>.</summary>
    public List<string> Values { get; } = [];

    public long Rows { get; private set; }

    public List<RejectedRecord> Rejects { get; } = [];

    /// <summary>As they stood at the end.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    public StreamEtlException? Error { get; private set; }

    public int OutstandingLeases { get; private set; }

    /// <summary>
    /// Reads everything; <paramref name="plan"/> makes the plan for a number of columns, all text when null. <paramref name="copies"/>: batches hold their texts themselves.
    /// </summary>
    public static async Task<CsvPass> RunAsync(
        byte[] text,
        CsvReadOptions options,
        int block,
        Func<IReadOnlyList<SourceColumn>, IReadOnlyList<PlanColumn>>? plan = null,
        bool copies = false
    )
    {
        await using var input = new MemoryInput(text);
        return await RunAsync(input, options, block, plan, copies);
    }

    public static async Task<CsvPass> RunAsync(
        IByteInput input,
        CsvReadOptions options,
        int block,
        Func<IReadOnlyList<SourceColumn>, IReadOnlyList<PlanColumn>>? plan = null,
        bool copies = false
    )
    {
        var pass = new CsvPass();
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        try
        {
            await using CsvRowSource source = await CsvRowSource.OpenAsync(input, options, pool, CancellationToken.None);
            if (copies)
            {
                source.CopyTexts();
            }
            await pass.ReadAsync(source, block, (plan ?? AllText)(source.Columns));
        }
        catch (StreamEtlException e)
        {
            pass.Error = e;
        }
        pass.OutstandingLeases = pool.OutstandingLeases;
        pass.PeakBytes = pool.Budget.Peak;
        return pass;
    }

    private static IReadOnlyList<PlanColumn> AllText(IReadOnlyList<SourceColumn> columns) =>
        [.. columns.Select((c, i) => new PlanColumn(c.Name, i, ColumnType.Text, ColumnMode.Convert))];

    private async Task ReadAsync(CsvRowSource source, int block, IReadOnlyList<PlanColumn> plan)
    {
        Names.AddRange(source.Columns.Select(c => c.Name));
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
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
                Add(digest, batch, r);
            }
        }
        Hash = Convert.ToHexStringLower(digest.GetHashAndReset());
        Warnings = source.Warnings;
    }

    private static void Add(IncrementalHash digest, RowBatch batch, int row)
    {
        foreach (Column? column in batch.Columns)
        {
            ReadOnlySpan<byte> text = column!.Type.Kind == ColumnKind.Text ? column.Text(row) : default;
            digest.AppendData(System.Text.Encoding.ASCII.GetBytes(text.Length.ToString(CultureInfo.InvariantCulture) + ":"));
            digest.AppendData(text);
            digest.AppendData(","u8);
        }
        digest.AppendData("\n"u8);
    }

    /// <summary>A value as text; NULL is <c>~</c>.</summary>
    public static string Value(Column column, int row) =>
        column.IsNull(row) ? "~"
        : column.Type.Kind == ColumnKind.Text ? System.Text.Encoding.UTF8.GetString(column.Text(row))
        : column.Longs![row].ToString(CultureInfo.InvariantCulture);
}
