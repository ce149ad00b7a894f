using System.IO.Compression;
using System.Text;
using StreamEtl.Errors;
using StreamEtl.Sources;
using TextEncoding = System.Text.Encoding;

namespace StreamEtl.Tests.Sources;

/// <summary>The compressor of .NET (zlib) is the oracle: what it wrote must come back, and nothing else may.</summary>
public sealed class GzipSourceTests
{
    public static TheoryData<string, CompressionLevel> Texts()
    {
        var data = new TheoryData<string, CompressionLevel>();
        foreach (string shape in new[] { "empty", "byte", "table", "zeros", "noise", "words" })
        {
            foreach (CompressionLevel level in Enum.GetValues<CompressionLevel>())
            {
                data.Add(shape, level);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task GzipSource_WhatZlibWrote_ComesBack(string shape, CompressionLevel level)
    {
        byte[] text = Make(shape, 3_000_000);
        byte[] stored = Gzip(text, level);
        foreach (int[] pieces in new int[][] { [], [1], [7, 1000, 3], [65536] })
        {
            if (pieces is [1] && stored.Length > 100_000)
            {
                continue;
            }
            await using var source = new GzipSource(new MemorySource(stored, "a.gz", pieces));
            Assert.Equal(text, await MemorySource.ReadAllAsync(source));
            Assert.Equal(stored.Length, source.Position);
        }
    }

    [Fact]
    public async Task GzipSource_SeveralMembersAndPadding_ComeBackAsOne()
    {
        byte[] stored = [.. Gzip("a,b\n"u8), .. Gzip([]), .. Gzip("1,2\n"u8), .. new byte[700]];
        await using var source = new GzipSource(new MemorySource(stored, "a.gz", 5));
        Assert.Equal("a,b\n1,2\n", TextEncoding.UTF8.GetString(await MemorySource.ReadAllAsync(source, 3)));
    }

    [Fact]
    public async Task GzipSource_EveryTruncation_IsDamage()
    {
        byte[] stored = Gzip(Make("table", 400));
        for (int length = 0; length < stored.Length; length++)
        {
            await using var source = new GzipSource(new MemorySource(stored[..length], "a.gz", 11));
            StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => MemorySource.ReadAllAsync(source));
            Assert.Equal(ErrorKind.DamagedCompression, e.Kind);
            Assert.Contains("ends early", e.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Reliability G1. The only harmless damage is to header fields that no reader uses (time, flags of the compressor, system).</summary>
    [Theory]
    [InlineData("table")]
    [InlineData("words")]
    [InlineData("noise")]
    public async Task GzipSource_RandomDamage_IsNeverAccepted(string shape)
    {
        byte[] text = Make(shape, 40_000);
        byte[] stored = Gzip(text);
        var random = new Random(20_240_131);
        int refused = 0;
        for (int run = 0; run < 700; run++)
        {
            byte[] damaged = Damage(stored, random);
            await using var source = new GzipSource(new MemorySource(damaged, "a.gz", 4096));
            try
            {
                byte[] got = await MemorySource.ReadAllAsync(source);
                Assert.True(got.AsSpan().SequenceEqual(text), $"run {run}: damage was accepted");
            }
            catch (StreamEtlException e)
            {
                Assert.Equal(ErrorKind.DamagedCompression, e.Kind);
                refused++;
            }
        }
        Assert.True(refused > 600, $"only {refused} refused: the damage is too tame");
    }

    [Fact]
    public async Task GzipSource_GarbageAfterTheLastMember_IsDamage()
    {
        byte[] stored = [.. Gzip("a,b\n"u8), .. "garbage"u8];
        await using var source = new GzipSource(new MemorySource(stored, "a.gz"));
        StreamEtlException e = await Assert.ThrowsAsync<StreamEtlException>(() => MemorySource.ReadAllAsync(source));
        Assert.Contains("something that is not gzip follows", e.Message, StringComparison.Ordinal);
        Assert.StartsWith("a.gz", e.Message, StringComparison.Ordinal);
    }

    internal static byte[] Gzip(ReadOnlySpan<byte> text, CompressionLevel level = CompressionLevel.Optimal)
    {
        var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, level, leaveOpen: true))
        {
            gzip.Write(text);
        }
        // .NET writes nothing at all for an empty text.
        return stored.Length > 0 ? stored.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    internal static byte[] Make(string shape, int length)
    {
        var random = new Random(7);
        switch (shape)
        {
            case "empty":
                return [];
            case "byte":
                return [65];
            case "zeros":
                return new byte[length];
            case "noise":
                var noise = new byte[length / 3];
                random.NextBytes(noise);
                return noise;
            case "words":
                string[] words = ["saúde", "município", "de", "São", "Paulo", "00123", ";", "\n", "a", "aa", "aaaa"];
                var text = new StringBuilder();
                while (text.Length < length / 2)
                {
                    text.Append(words[random.Next(words.Length)]);
                }
                return TextEncoding.UTF8.GetBytes(text.ToString());
            default:
                var table = new StringBuilder("id,value,when\n");
                for (int i = 0; table.Length < length; i++)
                {
                    table.Append(i).Append(',').Append(random.NextDouble()).Append(",2024-01-").Append(1 + random.Next(28)).Append('\n');
                }
                return TextEncoding.UTF8.GetBytes(table.ToString());
        }
    }

    private static byte[] Damage(byte[] stored, Random random)
    {
        byte[] damaged = [.. stored];
        switch (random.Next(6))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                return [.. damaged, .. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(1, 256))];
            case 2:
                int at = random.Next(damaged.Length - 8, damaged.Length);
                damaged[at] ^= (byte)random.Next(1, 256);
                return damaged;
            case 3:
                int start = random.Next(damaged.Length - 40);
                damaged.AsSpan(start, random.Next(1, 40)).Fill((byte)random.Next(256));
                return damaged;
            case 4:
                int hole = random.Next(damaged.Length - 10);
                return [.. damaged[..hole], .. damaged[(hole + random.Next(1, 10))..]];
            default:
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
                return damaged;
        }
    }
}
