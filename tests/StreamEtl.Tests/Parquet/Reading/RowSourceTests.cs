using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Memory;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parquet.Reading;

public sealed class RowSourceTests
{
    private static string PathOf(string name) => ParquetCorpus.Files.First(f => f.Name.Contains(name, StringComparison.Ordinal)).Path;

    [Fact]
    public void Decode_NullInAKeyColumn_RejectsTheRowWithItsNumber()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        using (ParquetSession session = ParquetSession.Open(PathOf("list_empty_and_null"), pool))
        {
            PlanColumn[] plan =
            [
                new("tag", 0, ColumnType.Text, ColumnMode.Convert),
                new("ids", 1, ColumnType.Text, ColumnMode.Convert, NullError: ErrorKind.NullKey),
            ];
            session.Source.SetPlan(plan);
            using RowBatch batch = session.Source.Decode(session.Read()!, plan);
            RejectedRecord reject = Assert.Single(batch.Rejects);
            Assert.Equal((ErrorKind.NullKey, 4L, -1L, "ids"), (reject.Kind, reject.Line, reject.ByteOffset, reject.Column));
            Assert.Equal(["normal", "empty", "normal"], Enumerable.Range(0, batch.RowCount).Select(r => TextOf(batch.Columns[0]!, r)));
            Assert.Equal(["[1,2,3]", "[]", "[4,5,6]"], Enumerable.Range(0, batch.RowCount).Select(r => TextOf(batch.Columns[1]!, r)));
            Assert.Null(session.Read());
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }

    [Fact]
    public void Read_PlanOfOneColumn_TakesOnlyItsBytes()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        using ParquetSession session = ParquetSession.Open(PathOf("alltypes_plain.snappy"), pool);
        PlanColumn[] plan = [.. CorpusReader.PlanOf(session.Source).Select((c, i) => i == 4 ? c : c with { Mode = ColumnMode.Skip })];
        session.Source.SetPlan(plan);
        SourceUnit unit = session.Read()!;
        Assert.InRange(unit.InputBytes, 1, session.Source.Info.Length!.Value / 4);
        using RowBatch batch = session.Source.Decode(unit, plan);
        Assert.Single(batch.Columns, c => c is not null);
    }

    [Fact]
    public void Decode_WiderPlanType_CastsTheColumn()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        using ParquetSession session = ParquetSession.Open(PathOf("int32_decimal"), pool);
        PlanColumn[] plan = [new("value", 0, ColumnType.Text, ColumnMode.Convert), new("missing", -1, ColumnType.Date, ColumnMode.Convert)];
        session.Source.SetPlan(plan);
        using RowBatch batch = session.Source.Decode(session.Read()!, plan);
        Assert.Equal("1.00", TextOf(batch.Columns[0]!, 0));
        Assert.Equal(batch.RowCount, batch.Columns[1]!.NullCount);
    }

    [Fact]
    public void Read_SplitFloatsBesidePlainOnes_AreEqualRowByRow()
    {
        CorpusReader.Read(
            PathOf("byte_stream_split_extended"),
            look: batch =>
            {
                for (int c = 0; c < batch.Columns.Length; c += 2)
                {
                    (Column plain, Column split) = (batch.Columns[c]!, batch.Columns[c + 1]!);
                    for (int row = 0; row < batch.RowCount; row++)
                    {
                        Assert.Equal(plain.Longs?[row], split.Longs?[row]);
                        Assert.Equal(plain.Wide?[row], split.Wide?[row]);
                        Assert.True(plain.Views is null || plain.Text(row).SequenceEqual(split.Text(row)));
                    }
                }
            }
        );
    }

    [Fact]
    public void Decode_UnitsThatSharePagesOnManyThreads_GivesTheSameRows()
    {
        string path = ParquetCorpus.OfTier("must").Where(f => f.Rows is > 500 and < 20_000).MaxBy(f => f.Columns.Length)!.Path;
        List<string> expected = Rows(path, rowsPerUnit: 0, threads: 1);
        for (int round = 0; round < 4; round++)
        {
            Assert.Equal(expected, Rows(path, rowsPerUnit: 37, threads: 4));
        }
    }

    [Fact]
    public void Dispose_UnitsNeverDecoded_LeavesNothingRented()
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        using (ParquetSession session = ParquetSession.Open(PathOf("alltypes_plain.snappy"), pool, rowsPerUnit: 1))
        {
            session.Source.SetPlan(CorpusReader.PlanOf(session.Source));
            SourceUnit first = session.Read()!;
            session.Read()!.Dispose();
            first.Dispose();
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }

    private static List<string> Rows(string path, int rowsPerUnit, int threads)
    {
        var pool = new BufferPool(new MemoryBudget(1 << 28));
        var rows = new List<string>();
        using (ParquetSession session = ParquetSession.Open(path, pool, rowsPerUnit))
        {
            IReadOnlyList<PlanColumn> plan = [.. CorpusReader.PlanOf(session.Source).Select(c => c with { Type = ColumnType.Text })];
            session.Source.SetPlan(plan);
            var units = new List<SourceUnit>();
            while (session.Read() is { } unit)
            {
                units.Add(unit);
            }
            string[][] parts = new string[units.Count][];
            Parallel.For(
                0,
                units.Count,
                new ParallelOptions { MaxDegreeOfParallelism = threads },
                i =>
                {
                    using RowBatch batch = session.Source.Decode(units[i], plan);
                    parts[i] =
                    [
                        .. Enumerable
                            .Range(0, batch.RowCount)
                            .Select(r => string.Join('|', batch.Columns.Select(c => c!.IsNull(r) ? "" : TextOf(c, r)))),
                    ];
                }
            );
            rows.AddRange(parts.SelectMany(p => p));
        }
        Assert.Equal(0, pool.OutstandingLeases);
        return rows;
    }

    private static string TextOf(Column column, int row) => System.Text.Encoding.UTF8.GetString(column.Text(row));
}
