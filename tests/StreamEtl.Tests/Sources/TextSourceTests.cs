using System.Text;
using StreamEtl.Errors;
using StreamEtl.Sources;
using TextEncoding = System.Text.Encoding;

namespace StreamEtl.Tests.Sources;

public sealed class TextSourceTests
{
    private const string Sample = "id;nome;preço\n1;São João;€ 5,50\n2;漢字🧪;\n";

    [Theory]
    [InlineData("utf-8", false, "utf-8")]
    [InlineData("utf-8", true, "utf-8")]
    [InlineData("utf-16", true, "utf-16le")]
    [InlineData("utf-16BE", true, "utf-16be")]
    [InlineData("utf-32", true, "utf-32le")]
    [InlineData("utf-32BE", true, "utf-32be")]
    public async Task TextSource_UnicodeWithoutStatedEncoding_BecomesUtf8(string name, bool mark, string found)
    {
        var encoding = TextEncoding.GetEncoding(name);
        byte[] stored = mark ? [.. encoding.GetPreamble(), .. encoding.GetBytes(Sample)] : encoding.GetBytes(Sample);
        await AssertReads(stored, null, Sample, found);
    }

    [Theory]
    [InlineData("utf-16LE", "utf-16le")]
    [InlineData("utf-16BE", "utf-16be")]
    public async Task TextSource_Utf16WithoutMark_IsRecognised(string name, string found)
    {
        const string Text = "id,nome\n1,São João\n2,Açaí\n";
        await AssertReads(TextEncoding.GetEncoding(name).GetBytes(Text), null, Text, found);
    }

    [Fact]
    public async Task TextSource_NotUtf8_IsWindows1252()
    {
        byte[] stored = [.. "id,t\n1,S"u8, 0xE3, .. "o "u8, 0x93, 0x80, 0x94, 0x81, 0x9D, .. "\n"u8];
        await AssertReads(stored, null, "id,t\n1,São “€”\u0081\u009D\n", "windows-1252");
        await AssertReads(stored, "latin1", "id,t\n1,São \u0093\u0080\u0094\u0081\u009D\n", "iso-8859-1");
    }

    [Theory]
    [InlineData(TextSource.SampleBytes - 1)]
    [InlineData(TextSource.SampleBytes)]
    [InlineData(TextSource.SampleBytes + 12_345)]
    public async Task TextSource_AsciiForLong_IsDecidedByTheFirstOtherByte(int before)
    {
        string ascii = string.Concat(Enumerable.Repeat("12345,abcde\n", (before / 12) + 1))[..before];
        string text = ascii + "ção,€\n" + ascii;
        await AssertReads(TextEncoding.UTF8.GetBytes(text), null, text, "utf-8", [100_000, 64]);
        byte[] windows =
        [
            .. TextEncoding.ASCII.GetBytes(ascii),
            0xE7,
            0xE3,
            .. "o,"u8,
            0x80,
            .. "\n"u8,
            .. TextEncoding.ASCII.GetBytes(ascii),
        ];
        await AssertReads(windows, null, text, "windows-1252", [100_000, 64]);
    }

    [Fact]
    public async Task TextSource_InvalidByteLaterInUtf8_IsPassedOn()
    {
        byte[] stored = [.. TextEncoding.UTF8.GetBytes("ção,".PadRight(TextSource.SampleBytes, 'x')), 0xFF, (byte)'\n'];
        await using TextSource source = await TextSource.OpenAsync(new MemorySource(stored, "a.csv"), null, default);
        Assert.Equal(stored, await MemorySource.ReadAllAsync(source));
    }

    [Theory]
    [InlineData(true, "id,t\n1,São João\n2,Açaí")]
    [InlineData(false, "id,t\n1,Sao Joao\n2,Acai")]
    public async Task TextSource_DamagedUtf8_IsWindows1252WithAWarning(bool warned, string text)
    {
        byte[] stored = [.. TextEncoding.UTF8.GetBytes(text), 0xFF, (byte)'\n'];
        await using TextSource source = await TextSource.OpenAsync(new MemorySource(stored, "a.csv"), null, default);
        Assert.Equal("windows-1252", source.EncodingName);
        Assert.Equal(warned, source.Warning is not null);
        await using TextSource stated = await TextSource.OpenAsync(new MemorySource(stored, "a.csv"), "utf-8", default);
        Assert.Equal(stored, await MemorySource.ReadAllAsync(stated));
        Assert.Null(stated.Warning);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 65, 0, 0, 0xD8, 66, 0 }, 4)]
    [InlineData(new byte[] { 0xFF, 0xFE, 65, 0, 0, 0xD8 }, 4)]
    [InlineData(new byte[] { 0xFF, 0xFE, 65, 0, 66 }, 4)]
    [InlineData(new byte[] { 0xFE, 0xFF, 0, 65, 0xDC, 0, 0, 66 }, 4)]
    public async Task TextSource_DamagedUtf16_SaysWhere(byte[] stored, long offset)
    {
        await using TextSource source = await TextSource.OpenAsync(new MemorySource(stored, "a.csv"), null, default);
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => MemorySource.ReadAllAsync(source));
        Assert.Equal(ErrorKind.InvalidEncoding, e.Kind);
        Assert.Equal(offset, e.Position!.Value.ByteOffset);
    }

    [Theory]
    [InlineData("shift_jis", "漢字,テスト\n")]
    [InlineData("gb18030", "漢字🧪,测试\n")]
    [InlineData("iso-8859-15", "€,Œ\n")]
    [InlineData("cp850", "São João\n")]
    [InlineData("windows-1251", "Привет\n")]
    public async Task TextSource_StatedEncoding_IsUsed(string name, string text)
    {
        TextEncoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var encoding = TextEncoding.GetEncoding(name == "cp850" ? "ibm850" : name);
        string many = string.Concat(Enumerable.Repeat(text, 3000));
        await AssertReads(encoding.GetBytes(many), name, many, encoding.WebName, [10_000, 64, 7]);
    }

    [Fact]
    public async Task TextSource_UnknownEncoding_IsAUsageError()
    {
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(async () =>
            await TextSource.OpenAsync(new MemorySource([], "a.csv"), "klingon", default)
        );
        Assert.Equal(ErrorKind.Usage, e.Kind);
    }

    private static async Task AssertReads(byte[] stored, string? stated, string expected, string found, int[]? blocks = null)
    {
        foreach (int block in blocks ?? [1, 2, 3, 5, 63, 64, 65, 4096])
        {
            foreach (int[] pieces in new int[][] { [], [1, 2, 3] })
            {
                if (pieces.Length > 0 && stored.Length > 100_000)
                {
                    continue;
                }
                await using TextSource source = await TextSource.OpenAsync(new MemorySource(stored, "a.csv", pieces), stated, default);
                byte[] got = await MemorySource.ReadAllAsync(source, block);
                Assert.True(
                    TextEncoding.UTF8.GetString(got) == expected,
                    $"block {block}: {TextEncoding.UTF8.GetString(got[..Math.Min(got.Length, 200)])}"
                );
                Assert.Equal(found, source.EncodingName);
            }
        }
    }
}
