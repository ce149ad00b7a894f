using System.Diagnostics;
using System.Globalization;
using StreamEtl.Framing;
using StreamEtl.Memory;
using StreamEtl.Parsing;

namespace StreamEtl.Tests.Parsing;

/// <summary>Every scanner against independent readers, against the scalar one, and against itself at other block sizes.</summary>
public sealed class ScannerTests
{
    private static readonly ScalarScanner Scalar = new();

    [Fact]
    public void Scan_FilesOfPublicProjects_GiveTheRecordsThatOtherReadersFind()
    {
        var wrong = new List<string>();
        int files = 0;
        foreach (CsvCorpus file in CsvCorpus.Of("agreed", "ragged").Where(f => f.Bytes.Length <= 60_000))
        {
            files++;
            foreach (IScanner scanner in Scanners.Available)
            {
                (string hash, int records, _) = CsvRecords.Read(file.Bytes, file.Dialect, scanner, CsvRecords.Cuts());
                if (hash != file.Hash || records != file.Records)
                {
                    wrong.Add($"{scanner.Name} {file.File}: {records} records, {file.Records} expected");
                }
            }
        }
        Assert.True(files > 450, $"only {files} files");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Scan_AtEveryBlockSize_GivesOneResult()
    {
        int[] sizes = [.. Enumerable.Range(1, 257), 4094, 4095, 4096, 4097, 4098];
        var wrong = new List<string>();
        var clock = Stopwatch.StartNew();
        int whole = 0;
        // Small files first: the clock must never leave out the dense part.
        foreach (CsvCorpus file in CsvCorpus.Of("agreed", "ragged", "malformed", "contested", "fuzz").OrderBy(f => f.Bytes.Length))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(6))
            {
                break;
            }
            int step = file.Bytes.Length <= 1000 ? 1 : 19;
            (string, int, string) expected = CsvRecords.Read(file.Bytes, file.Dialect, Scalar, CsvRecords.Cuts());
            for (int s = 0; s < sizes.Length; s += step)
            {
                IScanner scanner = Scanners.Available[s % Scanners.Available.Count];
                if (CsvRecords.Read(file.Bytes, file.Dialect, scanner, CsvRecords.Blocks(sizes[s])) != expected)
                {
                    wrong.Add($"{scanner.Name} {file.File} in blocks of {sizes[s]}");
                }
            }
            whole++;
        }
        Assert.Empty(wrong);
        Assert.True(whole > 100, $"only {whole} files in time");
    }

    [Theory]
    [InlineData("a,b\r\n\"x\r\ny\",\"q\"\"q\"\r\n\r\n1,\r\n")]
    [InlineData("a\r\rb\n\"\"\r\n\"\"\"\"\n\",\n\",\"\r\"")]
    [InlineData("5\" pipe,\"ok\"\nx\"y\"z,\n\"late\" text,1\n\"never closed\n1,2\n")]
    public void Scan_CutAtEveryPairOfBytes_GivesOneResult(string text)
    {
        byte[] input = System.Text.Encoding.UTF8.GetBytes(text);
        (string, int, string) expected = CsvRecords.Read(input, CsvDialect.Default, Scalar, CsvRecords.Cuts());
        foreach (IScanner scanner in Scanners.Available)
        {
            for (int first = 1; first < input.Length; first++)
            {
                for (int second = first; second < input.Length; second++)
                {
                    Assert.Equal(expected, CsvRecords.Read(input, CsvDialect.Default, scanner, CsvRecords.Cuts(first, second)));
                }
            }
        }
    }

    /// <summary>STREAMETL_FUZZ_CSV is the number of inputs; without it, as many of 200,000 as fit into 8 seconds.</summary>
    [Fact]
    public void Scan_DamagedInputs_AreWhatTheScalarScannerFinds()
    {
        bool stated = int.TryParse(Environment.GetEnvironmentVariable("STREAMETL_FUZZ_CSV"), CultureInfo.InvariantCulture, out int inputs);
        inputs = stated ? inputs : 200_000;
        var clock = Stopwatch.StartNew();
        const int Seed = 20260;
        var random = new Random(Seed);
        byte[][] seeds = [.. CsvCorpus.Of("fuzz", "malformed").Select(f => f.Bytes).Where(b => b.Length > 0)];
        CsvDialect[] dialects =
        [
            CsvDialect.Default,
            CsvDialect.Default with
            {
                Quote = null,
            },
            CsvDialect.Default with
            {
                Escape = (byte)'\\',
            },
            CsvDialect.Default with
            {
                Delimiter = (byte)';',
                Quote = (byte)'\'',
            },
        ];
        IScanner[] fast = [.. Scanners.Available.Where(s => s is not ScalarScanner)];
        var pool = new BufferPool(new MemoryBudget(long.MaxValue));
        int done = 0;
        for (int i = 0; i < inputs && (stated || clock.Elapsed < TimeSpan.FromSeconds(8)); i++, done++)
        {
            byte[] input = CsvMutants.Next(seeds[random.Next(seeds.Length)], random);
            CsvDialect dialect = dialects[random.Next(8) is var d && d < 4 ? d : 0];
            bool isLast = random.Next(2) == 0;
            using BufferLease lease = pool.Lease();
            var expected = new FieldIndex(lease, input.Length);
            int frame = Scalar.Scan(input, isLast, dialect, expected);
            foreach (IScanner scanner in fast)
            {
                var found = new FieldIndex(lease, input.Length);
                bool same =
                    scanner.Scan(input, isLast, dialect, found) == frame
                    && found.Ends.AsSpan(0, found.FieldCount).SequenceEqual(expected.Ends.AsSpan(0, expected.FieldCount))
                    && found.RecordEnds.AsSpan(0, found.RecordCount).SequenceEqual(expected.RecordEnds.AsSpan(0, expected.RecordCount))
                    && found.Faults.SequenceEqual(expected.Faults)
                    && KnowsTheFrame(input, frame, found, dialect);
                Assert.True(same, $"seed {Seed}, input {i}, {scanner.Name}, last {isLast}, {dialect}: {Convert.ToHexString(input)}");
            }
        }
        Assert.Equal(0, pool.OutstandingLeases);
        Assert.True(done >= 10_000, $"only {done} inputs");
    }

    /// <summary>What a scanner says of all bytes and of all line ends must be so, and of the simplest inputs it must say it.</summary>
    private static bool KnowsTheFrame(byte[] input, int frame, FieldIndex found, CsvDialect dialect)
    {
        ReadOnlySpan<byte> bytes = input.AsSpan(0, frame);
        bool alike = true;
        for (int r = 0; r < found.RecordCount; r++)
        {
            LineEnd end = LineEnds.At(bytes, found.Ends[found.RecordEnds[r]]);
            alike &= end == found.LineEnd || end == LineEnd.None;
        }
        bool isAscii = !bytes.ContainsAnyExceptInRange((byte)0, (byte)127);
        bool isSimple = dialect.Escape is null && !input.AsSpan().ContainsAny("\"'\\\r"u8) && input.AsSpan().IndexOf((byte)'\n') >= 0;
        bool allAscii = !input.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127);
        return (found.LineEnd == LineEnd.None || alike)
            && (!found.IsAscii || isAscii)
            && (!isSimple || (found.LineEnd == LineEnd.LineFeed && found.IsAscii == allAscii));
    }
}
