using System.Diagnostics;
using System.Globalization;
using StreamEtl.Errors;
using StreamEtl.Framing;
using StreamEtl.Parsing;
using StreamEtl.Sources;

namespace StreamEtl.Tests.Parsing;

/// <summary>Passes files of public projects through the row source, from the bytes as they are stored.</summary>
public class CsvRowSourceCorpusTests
{
    /// <summary>
    /// The model is held to the hash of all records, and the source to the model: which records are rows and which are rejects, and where. Where all records
    /// have one width, the rows alone make the hash.
    /// </summary>
    [Theory]
    [InlineData("agreed", 424, 1)]
    [InlineData("ragged", 77, 77)]
    public async Task Read_File_GivesTheRowsThatOtherReadersFind(string kind, int files, int withRejects)
    {
        var wrong = new List<string>();
        int read = 0;
        int uneven = 0;
        foreach (CsvCorpus file in CsvCorpus.Of(kind))
        {
            var model = CsvModel.Read(file.Bytes, file.Dialect);
            CsvPass pass = await RunAsync(file);
            string? difference = Difference(pass, model);
            bool even = pass.Rejects.Count == 0;
            if (
                model.Hash != file.Hash
                || model.Records.Count != file.Records
                || difference is not null
                || (even && pass.Hash != file.Hash)
            )
            {
                wrong.Add($"{file.File}: {difference}");
            }
            uneven += even ? 0 : 1;
            read++;
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        // One file that all readers agree on has 2, 3 and 3 fields: rows of it are rejects.
        Assert.Equal((files, withRejects), (read, uneven));
    }

    /// <summary>With <c>--line-ends any</c>, CR, LF and CR LF end a record wherever they stand, also mixed, as in Python's csv module; without it mixing is malformed.</summary>
    [Fact]
    public async Task Read_ContestedFile_IsReadAsPythonReadsIt()
    {
        int mixed = 0;
        int files = 0;
        foreach (CsvCorpus file in CsvCorpus.Of("contested"))
        {
            var model = CsvModel.Read(file.Bytes, file.Dialect, mixesLineEnds: true);
            Assert.Equal((file.Hash, file.Records), (model.Hash, model.Records.Count));
            CsvPass any = await CsvPass.RunAsync(file.Bytes, file.Options with { MixesLineEnds = true }, 4096);
            Assert.Null(Difference(any, model));
            CsvPass same = await RunAsync(file);
            Assert.Null(Difference(same, CsvModel.Read(file.Bytes, file.Dialect)));
            mixed += same.Rejects.Any(r => r.Kind == ErrorKind.MixedLineEnds) ? 1 : 0;
            files++;
        }
        Assert.Equal((6, 5), (files, mixed));
    }

    [Fact]
    public async Task Read_FuzzFile_IsWhatTheModelFinds()
    {
        var wrong = new List<string>();
        int files = 0;
        foreach (CsvCorpus file in CsvCorpus.Of("fuzz", "malformed"))
        {
            var model = CsvModel.Read(file.Bytes, file.Dialect);
            CsvPass pass = await CsvPass.RunAsync(file.Bytes, file.Options, 4096);
            if (Difference(pass, model) is { } difference)
            {
                wrong.Add($"{file.File}: {difference}");
            }
            files++;
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.Equal(186 + 53, files);
    }

    /// <summary>With everything guessed: rows or typed errors, the same for small and large blocks.</summary>
    [Fact]
    public async Task Read_AnyFileWithNothingStated_EndsWithRowsOrTypedErrors()
    {
        int files = 0;
        foreach (CsvCorpus file in CsvCorpus.Of("agreed", "ragged", "malformed", "contested", "fuzz"))
        {
            files++;
            byte[] stored = await File.ReadAllBytesAsync(file.Path);
            CsvPass small = await CsvPass.RunAsync(stored, new CsvReadOptions(), 64);
            CsvPass large = await CsvPass.RunAsync(stored, new CsvReadOptions(), 1 << 20);
            Assert.NotEqual(ErrorKind.Internal, large.Error?.Kind);
            Assert.Equal(large.Error?.Message, small.Error?.Message);
            Assert.Equal(large.Values, small.Values);
            Assert.Equal(large.Rejects, small.Rejects);
            Assert.Equal(0, small.OutstandingLeases + large.OutstandingLeases);
        }
        Assert.Equal(746, files);
    }

    /// <summary>Some sizes and 12 seconds of files, smallest first; every size of every file when STREAMETL_EVERY_BLOCK is set.</summary>
    [Fact]
    public async Task Read_AtEveryBlockSize_GivesOneResult()
    {
        bool all = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("STREAMETL_EVERY_BLOCK"));
        int[] sizes = [.. Enumerable.Range(1, 257), 4094, 4095, 4096, 4097, 4098];
        CsvCorpus[] files = [.. CsvCorpus.Of("agreed", "ragged", "malformed", "contested", "fuzz").Where(f => f.Bytes.Length <= 60_000)];
        var clock = Stopwatch.StartNew();
        var wrong = new List<string>();
        int read = 0;
        foreach (CsvCorpus file in files.OrderBy(f => f.Bytes.Length))
        {
            if (!all && clock.Elapsed > TimeSpan.FromSeconds(12))
            {
                break;
            }
            CsvPass expected = await CsvPass.RunAsync(file.Bytes, file.Options, 1 << 20);
            // Another offset for each file, so that all sizes have their turn.
            for (int s = all ? 0 : read % 19; s < sizes.Length; s += all ? 1 : 19)
            {
                CsvReadOptions options = file.Options with { Scanner = Scanners.Available[s % Scanners.Available.Count].Name };
                CsvPass found = await CsvPass.RunAsync(file.Bytes, options, sizes[s], copies: s % 2 == 0);
                if (
                    found.Hash != expected.Hash
                    || !found.Rejects.SequenceEqual(expected.Rejects)
                    || found.Error?.Message != expected.Error?.Message
                )
                {
                    wrong.Add($"{options.Scanner} {file.File} in blocks of {sizes[s]}");
                }
            }
            read++;
        }
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
        Assert.True(
            read > (all ? files.Length - 1 : 150),
            string.Create(CultureInfo.InvariantCulture, $"only {read} of {files.Length} files")
        );
    }

    [Fact]
    public async Task Read_RowsInsideQuotes_AreOneFieldAtEveryBlockSize()
    {
        string rows = string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},\"1,a,b\n2,\"\"c\"\",d\n\n3,e,f\r\n\",x{i}\n"));
        byte[] text = System.Text.Encoding.UTF8.GetBytes("id,text,x\n" + rows);
        var options = new CsvReadOptions
        {
            Dialect = new CsvDialectOptions
            {
                Delimiter = (byte)',',
                Quote = (byte)'"',
                HasHeader = true,
            },
        };
        string[] expected = [.. Enumerable.Range(0, 40).Select(i => $"{i}|1,a,b\n2,\"c\",d\n\n3,e,f\r\n|x{i}")];
        foreach (int block in (int[])[.. Enumerable.Range(1, 257), 4094, 4095, 4096, 4097, 4098])
        {
            CsvPass pass = await CsvPass.RunAsync(
                text,
                options with
                {
                    Scanner = Scanners.Available[block % Scanners.Available.Count].Name,
                },
                block
            );
            Assert.Equal(expected, pass.Values);
            Assert.Empty(pass.Rejects);
            Assert.Equal(0, pass.OutstandingLeases);
        }
    }

    /// <summary>What differs between a pass and the model of a text without a header; null when nothing does.</summary>
    internal static string? Difference(CsvPass pass, CsvModel model)
    {
        if (pass.OutstandingLeases != 0)
        {
            return $"{pass.OutstandingLeases} leases";
        }
        if (model.Records.Count == 0)
        {
            return pass.Error is null or { Kind: ErrorKind.EmptyInput } && pass.Rows == 0 ? null : $"{pass.Rows} rows, {pass.Error}";
        }
        int width = (model.Records.Find(r => r.Fault is null) ?? model.Records[0]).Fields.Count;
        (List<string> values, List<(ErrorKind, long, long)> rejects) = model.Judge(0, width);
        return pass.Error is { } error ? error.Message
            : !pass.Values.SequenceEqual(values) ? $"{pass.Rows} rows, {values.Count} expected"
            : !pass.Rejects.Select(r => (r.Kind, r.Line, r.ByteOffset)).SequenceEqual(rejects)
                ? $"rejects {string.Join(' ', pass.Rejects.Take(3))}, {string.Join(' ', rejects.Take(3))} expected"
            : null;
    }

    private static async Task<CsvPass> RunAsync(CsvCorpus file)
    {
        string encoding = file.Encoding switch
        {
            "utf-16-le-bom" => "utf-16le",
            "utf-16-be-bom" => "utf-16be",
            { } named => named,
        };
        // One file is a zip under a name that ends in csv; here its bytes are the text.
        await using IByteInput input = file.Path.EndsWith(".gz", StringComparison.Ordinal)
            ? ByteInputs.Create(file.Path, null)
            : new MemoryInput(await File.ReadAllBytesAsync(file.Path));
        return await CsvPass.RunAsync(input, file.Options with { Encoding = encoding }, 64 << 10);
    }
}
