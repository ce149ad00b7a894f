using System.Text;
using StreamEtl.Batches;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;
using StreamEtl.Sources;
using StreamEtl.Types;

namespace StreamEtl.Tests.Parsing;

/// <summary>Rows that are found again by the places that a first reading noted are the rows that were there.</summary>
public sealed class RowPlacesTests
{
    private static readonly string[] Scanners = ["scalar", "vector128", "vector256"];

    [Fact]
    public async Task ReadAgain_SomeRows_AreThoseOfTheFirstReading()
    {
        int placed = 0;
        int chosen = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            await using var input = new MemoryInput(System.Text.Encoding.UTF8.GetBytes(Draw(random)));
            var options = new CsvReadOptions
            {
                Encoding = "utf-8",
                Dialect = new CsvDialectOptions
                {
                    Delimiter = (byte)',',
                    Quote = (byte)'"',
                    HasHeader = true,
                    SkipLines = 0,
                },
                MixesLineEnds = random.Next(3) == 0,
                Scanner = Scanners[random.Next(Scanners.Length)],
            };
            var pool = new BufferPool(new MemoryBudget(long.MaxValue));
            List<Unit> units = await ReadFirstAsync(input, options, pool, block: random.Next(1, 400));
            CsvRowSource source = await CsvRowSource.OpenAsync(input, options, pool, CancellationToken.None);
            await using (source)
            {
                foreach (Unit unit in units)
                {
                    SourceUnit again = unit.Places is { } places
                        ? await source.ReadAgainAsync(places, CancellationToken.None)
                        : (await source.ReadAsync(unit.Target, CancellationToken.None))!;
                    placed += unit.Places is null ? 0 : 1;
                    chosen += Check(random, source, again, unit, seed);
                }
                Assert.Null(await source.ReadAsync(100, CancellationToken.None));
            }
            Assert.Equal(0, pool.OutstandingLeases);
        }
        Assert.InRange(placed, 1000, int.MaxValue);
        Assert.InRange(chosen, 1000, int.MaxValue);
    }

    [Theory]
    [InlineData("a,b\n1,2\n3,4\n")]
    [InlineData("a,b\n1,2\n3,4\n5,6")]
    [InlineData("a,b\n1,2\n3;4\n5,6\n")]
    public async Task ReadAgain_OfAChangedInput_IsAnError(string changed)
    {
        await using var input = new MemoryInput("a,b\n1,2\n3,4\n5,6\n"u8.ToArray());
        var options = new CsvReadOptions
        {
            Dialect = new CsvDialectOptions { Delimiter = (byte)',', HasHeader = true },
        };
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        Unit unit = Assert.Single(await ReadFirstAsync(input, options, pool, block: 1000));
        await using var other = new MemoryInput(System.Text.Encoding.UTF8.GetBytes(changed));
        CsvRowSource source = await CsvRowSource.OpenAsync(other, options, pool, CancellationToken.None);
        await using (source)
        {
            StreamEtlException error = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            {
                using SourceUnit again = await source.ReadAgainAsync(unit.Places!, CancellationToken.None);
                int[] positions = again.Lease.Rent<int>(1);
                positions[0] = 1;
                source.Decode(again, Plan(source), unit.Rows.Count, positions, 1);
            });
            Assert.Equal(ErrorKind.Io, error.Kind);
        }
        Assert.Equal(0, pool.OutstandingLeases);
    }

    /// <summary>Decodes all rows of a unit, or some, and compares; returns how many were chosen.</summary>
    private static int Check(Random random, CsvRowSource source, SourceUnit again, Unit unit, int seed)
    {
        if (!unit.IsClean || random.Next(4) == 0)
        {
            using RowBatch all = source.Decode(again, Plan(source));
            Assert.True(unit.Rows.SequenceEqual(Texts(all)), $"seed {seed}");
            return 0;
        }
        int share = random.Next(1, 12);
        int[] positions = again.Lease.Rent<int>(unit.Rows.Count);
        int count = 0;
        for (int i = 0; i < unit.Rows.Count; i++)
        {
            positions[count] = i;
            count += random.Next(share) == 0 ? 1 : 0;
        }
        using RowBatch some = source.Decode(again, Plan(source), unit.Rows.Count, positions, count);
        Assert.Same(positions, some.Positions);
        Assert.True(positions.Take(count).Select(p => unit.Rows[p]).SequenceEqual(Texts(some)), $"seed {seed}");
        return count;
    }

    private static async Task<List<Unit>> ReadFirstAsync(MemoryInput input, CsvReadOptions options, BufferPool pool, int block)
    {
        var units = new List<Unit>();
        CsvRowSource source = await CsvRowSource.OpenAsync(input, options, pool, CancellationToken.None);
        await using (source)
        {
            source.NotePlaces();
            while (await source.ReadAsync(block, CancellationToken.None) is { } unit)
            {
                using RowBatch batch = source.Decode(unit, Plan(source));
                Assert.True(batch.Rejects.Count == 0 || batch.Places is null);
                units.Add(new Unit(block, Texts(batch), batch.Rejects.Count == 0, batch.Places));
            }
        }
        return units;
    }

    private static IReadOnlyList<PlanColumn> Plan(CsvRowSource source) =>
        [.. source.Columns.Select((c, i) => new PlanColumn(c.Name, i, ColumnType.Text, ColumnMode.Convert))];

    private static List<string> Texts(RowBatch batch) =>
        [
            .. Enumerable
                .Range(0, batch.RowCount)
                .Select(r =>
                    string.Join('|', batch.Columns.Select(c => c!.IsNull(r) ? "~" : System.Text.Encoding.UTF8.GetString(c.Text(r))))
                ),
        ];

    /// <summary>A table of one to three columns with quotes, line ends in them, blank lines, now and then a malformed record, and at times nothing behind the last.</summary>
    private static string Draw(Random random)
    {
        string end = random.Next(3) switch
        {
            0 => "\n",
            1 => "\r\n",
            _ => "\r",
        };
        int width = random.Next(1, 4);
        var text = new StringBuilder(string.Join(',', Enumerable.Range(0, width).Select(i => $"c{i}")) + end);
        int malformed = random.Next(2) == 0 ? 0 : 60;
        for (int rows = random.Next(200); rows > 0; rows--)
        {
            text.Append(string.Join(',', Enumerable.Range(0, width).Select(_ => Cell(random, end)))).Append(end);
            if (random.Next(15) == 0)
            {
                text.Append(end);
            }
            if (malformed > 0 && random.Next(malformed) == 0)
            {
                text.Append("a,b,c,d,e").Append(end);
            }
        }
        return random.Next(3) == 0 ? text.ToString().TrimEnd('\r', '\n') : text.ToString();
    }

    private static string Cell(Random random, string end) =>
        random.Next(6) switch
        {
            0 => "",
            1 => $"\"a \"\"{random.Next(10)}\"\", é\"",
            2 => $"\"x{end}{end}y\"",
            3 => new string('z', random.Next(40)),
            _ => random.Next(1000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

    /// <summary>A unit as it was first read.</summary>
    private sealed record Unit(int Target, List<string> Rows, bool IsClean, RowPlaces? Places);
}
