using StreamEtl.Errors;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Parquet.Reading;

public sealed class DamageTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("reject", 27)]
    [InlineData("reject-encrypted", 14)]
    [InlineData("checksum", 2)]
    public void Read_DamagedOrEncrypted_IsATypedError(string tier, int expected)
    {
        int refused = 0;
        foreach (CorpusFile file in ParquetCorpus.OfTier(tier))
        {
            StreamEtlException? error = Record(file.Path, out long rows);
            Assert.True(error is not null, $"{file.Name}: read {rows} rows");
            output.WriteLine(error.Message);
            Assert.True(
                error.Kind is ErrorKind.DamagedParquet or ErrorKind.Unsupported or ErrorKind.InvalidEncoding,
                $"{file.Name}: {error.Kind}"
            );
            Assert.Equal(file.Path, error.Position!.Value.Source);
            refused++;
        }
        Assert.Equal(expected, refused);
    }

    [Fact]
    public void Read_RejectOrRead_IsATypedErrorOrTheOraclesRows()
    {
        foreach (CorpusFile file in ParquetCorpus.OfTier("reject-or-read"))
        {
            StreamEtlException? error = Record(file.Path, out long rows);
            output.WriteLine($"{file.Name}: {(error is null ? $"{rows} rows" : error.Message)}");
            if (error is null && file.RowsHash is not null)
            {
                Assert.Equal(file.RowsHash, CorpusReader.Hash(file).Hash);
            }
        }
    }

    [Theory]
    [InlineData("fuzz")]
    [InlineData("optional")]
    public void Read_FilesThatFuzzersFound_NeverCrashOrHang(string tier)
    {
        foreach (CorpusFile file in ParquetCorpus.OfTier(tier))
        {
            StreamEtlException? error = Record(file.Path, out long rows);
            output.WriteLine($"{file.Name}: {(error is null ? $"{rows} rows, oracle {file.Rows}" : error.Reason)}");
            if (error is null && file.Rows >= 0)
            {
                Assert.Equal(file.Rows, rows);
            }
        }
    }

    [Fact]
    public void Read_TwoGigabytesInFourKilobytes_IsRefusedBeforeMemoryIsTaken()
    {
        CorpusFile bomb = ParquetCorpus.Files.Single(f => f.Name.Contains("large_string_map", StringComparison.Ordinal));
        long before = GC.GetTotalAllocatedBytes();
        StreamEtlException? error = Record(bomb.Path, out _);
        Assert.Equal(ErrorKind.Unsupported, error?.Kind);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Fact]
    public void Read_Truncated_IsRefusedAtEveryLength()
    {
        CorpusFile file = ParquetCorpus.OfTier("must").Where(f => f.Rows > 0).MinBy(f => new FileInfo(f.Path).Length)!;
        byte[] bytes = File.ReadAllBytes(file.Path);
        string path = Path.Combine(Path.GetTempPath(), $"streametl-{Guid.NewGuid():N}.parquet");
        try
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                File.WriteAllBytes(path, bytes.AsSpan(0, length).ToArray());
                Assert.NotNull(Record(path, out _));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The error of reading a file, or null; anything else than the one error type escapes and fails the test.</summary>
    internal static StreamEtlException? Record(string path, out long rows, int rowsPerUnit = 0)
    {
        rows = 0;
        try
        {
            rows = CorpusReader.Read(path, rowsPerUnit, mostRows: 4_000_000);
            return null;
        }
        catch (StreamEtlException e)
        {
            return e;
        }
    }
}
