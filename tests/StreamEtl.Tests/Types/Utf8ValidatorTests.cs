using System.Text;
using System.Text.Unicode;
using StreamEtl.Types;

namespace StreamEtl.Tests.Types;

/// <summary>The framework's own check is the oracle.</summary>
public sealed class Utf8ValidatorTests
{
    /// <summary>Each pair of bytes, and each three and four that begin as a longer character does, alone and across the edges of vectors.</summary>
    [Fact]
    public void IsValid_EveryShortSequence_AgreesWithTheFramework()
    {
        byte[] text = new byte[160];
        long valid = 0;
        long wrong = 0;
        foreach (int place in (int[])[0, 29, 30, 31, 61, 62, 63, 95, 156])
        {
            for (int first = 0; first < 256; first++)
            {
                for (int second = 0; second < 256; second++)
                {
                    // Beyond pairs only what decides: the edges of each range of the third byte, and a fourth where the first promises one.
                    foreach (byte third in first < 0xC0 ? [0x41] : (ReadOnlySpan<byte>)[0x00, 0x7F, 0x80, 0x8F, 0x90, 0xBF, 0xC0, 0xFF])
                    {
                        foreach (byte fourth in first < 0xE0 ? [0x42] : (ReadOnlySpan<byte>)[0x42, 0x80, 0xBF, 0xC2])
                        {
                            Array.Fill(text, (byte)'a');
                            (text[place], text[place + 1], text[place + 2], text[place + 3]) = ((byte)first, (byte)second, third, fourth);
                            bool expected = Utf8.IsValid(text);
                            Assert.Equal(expected, Utf8Validator.IsValid(text));
                            valid += expected ? 1 : 0;
                            wrong += expected ? 0 : 1;
                        }
                    }
                }
            }
        }
        Assert.True(valid > 100_000 && wrong > 1_000_000, $"{valid} valid, {wrong} wrong");
    }

    /// <summary>Texts of all kinds of characters, whole, cut anywhere, and with one byte changed.</summary>
    [Fact]
    public void IsValid_TextsCutAndDamaged_AgreesWithTheFramework()
    {
        var random = new Random(20261122);
        string[] parts =
        [
            "plain text, ",
            "é",
            "ü",
            "Rosöão",
            "€",
            "漢字",
            "\uD7FF",
            "\uE000",
            "😀",
            "\U0010FFFF",
            "\n",
            new string('x', 70),
        ];
        int wrong = 0;
        for (int run = 0; run < 2_000; run++)
        {
            var text = new StringBuilder();
            for (int left = random.Next(1, 40); left > 0; left--)
            {
                text.Append(parts[random.Next(parts.Length)]);
            }
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text.ToString());
            Assert.True(Utf8Validator.IsValid(bytes));
            for (int i = 0; i < 40; i++)
            {
                ReadOnlySpan<byte> cut = bytes.AsSpan(0, random.Next(bytes.Length + 1));
                Assert.Equal(Utf8.IsValid(cut), Utf8Validator.IsValid(cut));
                byte[] damaged = [.. bytes];
                damaged[random.Next(bytes.Length)] = (byte)random.Next(256);
                Assert.Equal(Utf8.IsValid(damaged), Utf8Validator.IsValid(damaged));
                wrong += Utf8.IsValid(damaged) ? 0 : 1;
            }
        }
        Assert.True(wrong > 10_000, $"only {wrong} were wrong");
    }

    [Fact]
    public void IsValid_Nothing_IsValid() => Assert.True(Utf8Validator.IsValid([]));
}
