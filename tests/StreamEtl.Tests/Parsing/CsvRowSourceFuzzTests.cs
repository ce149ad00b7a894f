using System.Diagnostics;
using System.Globalization;
using StreamEtl.Framing;
using StreamEtl.Parsing;

namespace StreamEtl.Tests.Parsing;

/// <summary>Damaged inputs through the row source, against the model: same rows, same rejects with kind, line and offset, at any block size, in bounded memory.</summary>
public class CsvRowSourceFuzzTests
{
    private static readonly CsvDialect[] Dialects =
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

    /// <summary>STREAMETL_FUZZ_SOURCE is the number of inputs; without it, as many as fit into 10 seconds.</summary>
    [Fact]
    public async Task Read_DamagedInputs_AreWhatTheModelFinds()
    {
        bool stated = int.TryParse(
            Environment.GetEnvironmentVariable("STREAMETL_FUZZ_SOURCE"),
            CultureInfo.InvariantCulture,
            out int inputs
        );
        const int Seed = 20262;
        var random = new Random(Seed);
        byte[][] seeds = [.. CsvCorpus.Of("fuzz", "malformed").Select(f => f.Bytes).Where(b => b.Length > 0)];
        var clock = Stopwatch.StartNew();
        int i = 0;
        for (; stated ? i < inputs : clock.Elapsed < TimeSpan.FromSeconds(10); i++)
        {
            byte[] input = CsvMutants.Next(seeds[random.Next(seeds.Length)], random);
            CsvDialect dialect = Dialects[random.Next(8) is var d && d < 4 ? d : 0];
            var options = new CsvReadOptions
            {
                Encoding = "utf-8",
                Scanner = Scanners.Available[random.Next(Scanners.Available.Count)].Name,
                Dialect = new CsvDialectOptions
                {
                    Delimiter = dialect.Delimiter,
                    Quote = dialect.Quote ?? 0,
                    Escape = dialect.Escape ?? dialect.Quote,
                    HasHeader = false,
                    SkipLines = 0,
                },
            };
            int block = random.Next(1, 320);
            long start = clock.ElapsedMilliseconds;
            CsvPass pass = await CsvPass.RunAsync(input, options, block, copies: random.Next(2) == 0);
            // A byte order mark is no part of the text.
            byte[] text = input.AsSpan().StartsWith((byte[])[0xEF, 0xBB, 0xBF]) ? input[3..] : input;
            string? difference = CsvRowSourceCorpusTests.Difference(pass, CsvModel.Read(text, dialect));
            Assert.True(
                difference is null,
                $"seed {Seed}, input {i}, block {block}, {options.Scanner}, {dialect}: {difference}: {Convert.ToHexString(input)}"
            );
            Assert.True(pass.PeakBytes < 1 << 20, $"input {i} held {pass.PeakBytes} bytes");
            Assert.True(clock.ElapsedMilliseconds - start < 5000, $"input {i} took {clock.ElapsedMilliseconds - start} ms");
        }
        Assert.True(i > 300, $"only {i} inputs");
    }
}
