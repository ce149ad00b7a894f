using System.Text;
using StreamEtl.Batches;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>Records first, fields later: what scanners that note only records and the finder give together is what scanners give that note every field.</summary>
public sealed class FieldFinderTests
{
    private const int Seed = 20261123;

    [Fact]
    public void FindAll_RandomTables_FindsWhatScannersDo()
    {
        var random = new Random(Seed);
        IScanner[] fast = [.. Scanners.Available.Where(s => s is not ScalarScanner)];
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        int alike = 0;
        int taken = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] input = Table(random, random.Next(2, 40), random.Next(0, 40));
            CsvDialect dialect = CsvDialect.Default with { Quote = random.Next(4) == 0 ? null : (byte)'"' };
            bool isLast = random.Next(2) == 0;
            byte[] block = [.. input, .. new byte[TextConverter.Slack]];
            foreach (IScanner scanner in fast)
            {
                using BufferLease lease = pool.Lease();
                var all = new FieldIndex(lease, input.Length);
                int frame = scanner.Scan(input, isLast, dialect, all);
                int width = all.RecordCount == 0 ? 2 : all.RecordEnds[0] + 1;
                var found = new FieldIndex(lease, input.Length, width);
                string where = $"seed {Seed}, table {i}, {scanner.Name}, last {isLast}, {dialect}: {Convert.ToHexString(input)}";
                Assert.True(scanner.Scan(input, isLast, dialect, found) == frame, where);
                Assert.True(Same(found.RecordEnds, all.RecordEnds, found.RecordCount, all.RecordCount), where);
                Assert.True(found.LineEnd == all.LineEnd && found.IsAscii == all.IsAscii && found.Faults.SequenceEqual(all.Faults), where);
                if (found.Width == 0)
                {
                    taken++;
                }
                else
                {
                    alike++;
                    Assert.Equal(width, found.Width);
                    CheckParts(new CsvUnit(lease, block, frame, found, 0, 0), dialect, all, random.Next(width), where);
                    new FieldFinder(new CsvUnit(lease, block, frame, found, 0, 0), dialect).FindAll();
                }
                Assert.Equal(0, found.Width);
                Assert.True(Same(found.Ends, all.Ends, found.FieldCount, all.FieldCount), where);
            }
        }
        Assert.Equal(0, pool.OutstandingLeases);
        Assert.True(alike > 2000 && taken > 500, $"{alike} of equal records, {taken} of others");
    }

    /// <summary>Whatever was put off is what reading at once gives, keys included, with the same rejects.</summary>
    [Fact]
    public async Task ReadRest_RandomTables_ReadsWhatReadingAtOnceDoes()
    {
        var random = new Random(Seed);
        int open = 0;
        int rejects = 0;
        for (int i = 0; i < 400; i++)
        {
            int width = random.Next(3, 30);
            byte[] text = Table(random, width, 60, [.. Enumerable.Range(0, width).Select(c => $"c{c}")]);
            if (random.Next(4) == 0)
            {
                text[random.Next(text.Length / 2, text.Length)] = 0xFF;
            }
            int key = random.Next(width);
            int block = random.Next(50, 2000);
            CsvPass whole = await CsvPass.RunAsync(text, CsvPass.Comma, block);
            var pool = new BufferPool(new MemoryBudget(long.MaxValue));
            await using var input = new MemoryInput(text);
            await using (CsvRowSource source = await CsvRowSource.OpenAsync(input, CsvPass.Comma, pool, CancellationToken.None))
            {
                IReadOnlyList<PlanColumn> Plan(bool keys) =>
                    [
                        .. source.Columns.Select(
                            (c, o) => new PlanColumn(c.Name, o, ColumnType.Text, (o == key) == keys ? ColumnMode.Convert : ColumnMode.Skip)
                        ),
                    ];
                source.HashRecords(Plan(keys: true), Plan(keys: false));
                int row = 0;
                int refused = 0;
                while (await source.ReadAsync(block, CancellationToken.None) is { } unit)
                {
                    using RowBatch batch = source.Decode(unit, Plan(keys: true));
                    int[] rows = [.. Enumerable.Range(0, batch.RowCount).Where(_ => random.Next(3) == 0)];
                    RowBatch? rest = rows.Length == 0 ? null : batch.ReadRest!(rows, rows.Length);
                    for (int r = 0; r < rows.Length; r++)
                    {
                        string[] fields =
                        [
                            .. Enumerable
                                .Range(0, width)
                                .Select(c => c == key ? CsvPass.Value(batch.Columns[c]!, rows[r]) : CsvPass.Value(rest!.Columns[c]!, r)),
                        ];
                        Assert.True(
                            whole.Values[row + rows[r]] == string.Join('|', fields),
                            $"seed {Seed}, table {i}, row {row + rows[r]}, key {key}"
                        );
                    }
                    open += rows.Length;
                    row += batch.RowCount;
                    refused += batch.Rejects.Count;
                }
                Assert.Equal(whole.Rows, row);
                Assert.Equal(whole.Rejects.Count, refused);
                rejects += refused;
            }
            Assert.Equal(0, pool.OutstandingLeases);
        }
        Assert.True(open > 3000 && rejects > 100, $"{open} rows read late, {rejects} rejects");
    }

    /// <summary>The first fields of all records, and then the others of some.</summary>
    private static void CheckParts(CsvUnit unit, CsvDialect dialect, FieldIndex all, int first, string where)
    {
        var rows = new CsvRows(unit, unit.Index.Width);
        Assert.True(rows.TryAddAll(unit.Index, unit.Index.Width) || unit.Index.Width < 2, where);
        var finder = new FieldFinder(unit, dialect);
        finder.FindFirst(rows, first);
        int[] some = [.. Enumerable.Range(0, rows.Count).Where(r => r % 3 == 0)];
        CsvRows picked = rows.Pick(unit, some);
        finder.FindRest(picked, first);
        for (int r = 0; r < rows.Count; r++)
        {
            int known = r % 3 == 0 ? unit.Index.Width : first;
            Assert.True(unit.Index.Ends.AsSpan(rows.Fields[r], known).SequenceEqual(all.Ends.AsSpan(rows.Fields[r], known)), where);
        }
    }

    private static bool Same(int[] found, int[] expected, int foundCount, int expectedCount) =>
        found.AsSpan(0, foundCount).SequenceEqual(expected.AsSpan(0, expectedCount));

    /// <summary>Rows of one width, as a rule: some tables have a row of another, a quote where none may be, or mixed line ends.</summary>
    private static byte[] Table(Random random, int width, int rows, string[]? header = null)
    {
        var text = new StringBuilder();
        string lineEnd = random.Next(3) switch
        {
            0 => "\r\n",
            1 => "\r",
            _ => "\n",
        };
        bool isOdd = random.Next(5) == 0;
        if (header is not null)
        {
            text.AppendJoin(',', header).Append(lineEnd);
        }
        for (int r = 0; r < rows; r++)
        {
            int fields = isOdd && random.Next(20) == 0 ? random.Next(1, width + 3) : width;
            text.AppendJoin(',', Enumerable.Range(0, fields).Select(_ => Field(random)));
            text.Append(isOdd && random.Next(40) == 0 ? "\n\n" : lineEnd);
        }
        if (isOdd && text.Length > 0 && random.Next(3) == 0)
        {
            text.Insert(random.Next(header is null ? 0 : text.Length / 2, text.Length), '"');
        }
        return System.Text.Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Field(Random random) =>
        random.Next(8) switch
        {
            0 => "",
            1 => "\"a,b\"",
            2 => "\"\"\"x\"\"\n,\"",
            3 => "\"\"",
            4 => new string('t', random.Next(1, 90)),
            5 => $"\"{new string(',', random.Next(1, 70))}\"",
            6 => "é",
            _ => $"{random.Next()}",
        };
}
