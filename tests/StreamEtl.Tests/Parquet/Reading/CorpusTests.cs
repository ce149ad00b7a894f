using StreamEtl.Errors;
using Xunit.Abstractions;

namespace StreamEtl.Tests.Parquet.Reading;

public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Must_EveryFile_HasTheRowsThatOtherReadersAgreeOn()
    {
        Assert.Equal((0, 188), Compare("must", rowsPerUnit: 0));
    }

    [Fact]
    public void Must_CutIntoSmallUnits_HasTheSameRows()
    {
        Assert.Equal((0, 188), Compare("must", rowsPerUnit: 3));
    }

    [Fact]
    public void Should_NestedAndOldFiles_AlmostAllHaveTheRowsThatOtherReadersAgreeOn()
    {
        (int wrong, int all) = Compare("should", rowsPerUnit: 0);
        Assert.Equal(140, all);
        Assert.True(wrong <= 3, $"{wrong} of {all} differ");
    }

    [Fact]
    public void Should_CutIntoSmallUnits_HasTheSameRows()
    {
        (int wrong, _) = Compare("should", rowsPerUnit: 3);
        Assert.True(wrong <= 3, $"{wrong} differ");
    }

    private (int Wrong, int All) Compare(string tier, int rowsPerUnit)
    {
        int wrong = 0;
        int all = 0;
        foreach (CorpusFile file in ParquetCorpus.OfTier(tier))
        {
            all++;
            try
            {
                (long rows, string hash, string[] columns) = CorpusReader.Hash(file, rowsPerUnit);
                if (hash != file.RowsHash)
                {
                    wrong++;
                    var bad = file
                        .Columns.Where((c, i) => i >= columns.Length || c.Hash != columns[i])
                        .Select(c => $"{c.Name} {c.Type}")
                        .Take(5);
                    output.WriteLine($"{file.Name}: {rows} of {file.Rows} rows, differs in {string.Join(", ", bad)}");
                }
            }
            catch (Exception e) when (e is StreamEtlException or StreamEtl.Parquet.Reading.ParquetFault)
            {
                wrong++;
                output.WriteLine($"{file.Name}: {e.Message}");
            }
        }
        output.WriteLine($"{all - wrong} of {all} files of tier '{tier}' agree");
        return (wrong, all);
    }
}
