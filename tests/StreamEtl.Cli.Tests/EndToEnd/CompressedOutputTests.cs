using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using StreamEtl.Cli.Tests.Infrastructure;

namespace StreamEtl.Cli.Tests.EndToEnd;

public sealed class CompressedOutputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("gz", "gzip -t out.csv.gz")]
    [InlineData("GZ", "gzip -t < out.csv.GZ")]
    [InlineData("zst", "true")]
    public void Convert_CompressedName_WritesWhatReadsBack(string suffix, string check)
    {
        StringBuilder text = new("id,name,total\n");
        for (int i = 0; i < 60_000; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i},name of {i % 977},{i / 100}.{i % 100:00}\n");
        }
        _folder.Write("a.csv", text.ToString());
        string name = "out.csv." + suffix;
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", name, "--report", "r.json", "-q").Status);
        Assert.Equal(0, Tool.Shell(_folder, check).Status);
        long stored = new FileInfo(_folder[name]).Length;
        Assert.True(stored < text.Length / 2, $"{text.Length} bytes became {stored}");
        JsonElement output = JsonDocument.Parse(_folder.Read("r.json")).RootElement.GetProperty("outputs")[0];
        Assert.Equal((60_000, stored), (output.GetProperty("rows").GetInt64(), output.GetProperty("bytes").GetInt64()));
        Assert.Equal(0, Tool.Run(_folder, "convert", name, "-o", "b.csv", "-q").Status);
        Assert.Equal(_folder.Read("a.csv"), _folder.Read("b.csv"));
    }

    [Theory]
    [InlineData("out.ndjson.gz", "{\"id\":1}\n{\"id\":2}\n")]
    [InlineData("out.json.gz", "[\n{\"id\":1},\n{\"id\":2}\n]\n")]
    [InlineData("out.tsv.gzip", "id\n1\n2\n")]
    public void Convert_OtherTextFormats_AreGzipToo(string name, string expected)
    {
        _folder.Write("a.csv", "id\n1\n2\n");
        Assert.Equal(0, Tool.Run(_folder, "convert", "a.csv", "-o", name).Status);
        using StreamReader reader = new(new GZipStream(File.OpenRead(_folder[name]), CompressionMode.Decompress));
        Assert.Equal(expected, reader.ReadToEnd());
    }

    [Theory]
    [InlineData("-o out.parquet.gz", "  hint: its pages are: -o out.parquet --compression gzip")]
    [InlineData("-o out.csv.bz2", "  hint: name it out.csv.gz or out.csv.zst")]
    [InlineData("-o out.csv --compression gzip", "  hint: name the output out.csv.gz or .zst")]
    [InlineData("-o out.csv --rejects bad.csv.gz", "  hint: name it bad.csv")]
    public void Convert_CompressionThatIsNotWritten_IsAUsageErrorWithAHint(string output, string hint)
    {
        _folder.Write("a.csv", "id\n1\n");
        Tool.Result run = Tool.Run(_folder, ["convert", "a.csv", .. output.Split(' ')]);
        Assert.Equal(2, run.Status);
        Assert.Contains(hint, run.Error, StringComparison.Ordinal);
        Assert.Equal(["a.csv"], _folder.Files());
    }

    public void Dispose() => _folder.Dispose();
}
