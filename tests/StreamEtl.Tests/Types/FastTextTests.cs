using System.Globalization;
using StreamEtl.Types;

namespace StreamEtl.Tests.Types;

/// <summary>The word-at-a-time readers against the plain ones: what they read must be what those read, and the usual spellings they must read.</summary>
public sealed class FastTextTests
{
    private const int Cases = 400_000;
    private static readonly string[] Oddities =
    [
        "",
        "0",
        "00",
        "01",
        "-1",
        "-0",
        "+1",
        "1.",
        ".5",
        "0.5",
        "00.50",
        "1.50",
        "-0.00",
        "-0.5",
        "--1",
        "1.5-",
        "1234567890123.45",
        "123456789012345.45",
        "1e5",
        "-0e0",
        "1e",
        "1e+",
        "1e+-5",
        "1.e5",
        ".5e5",
        "01e5",
        "1e23",
        "1e-23",
        "1e005",
        "9007199254740993",
        "9007199254740993e1",
        "123456789012345678e1",
        "1234567890123456789",
        "12345678",
        "123456789",
        "1234567812345678",
        "12345678123456789",
        "/2345678",
        ":2345678",
        "1234567:",
        "\u0001\u0002",
        "2024-02-29",
        "2023-02-29",
        "1899-12-31",
        "1900-02-29",
        "2000-02-29",
        "2099-12-31",
        "2100-01-01",
        "2024-13-01",
        "2024-00-10",
        "2024-01-00",
        "2024-01-32",
        "2024-01-31 23:59:59",
        "2024-01-31T00:00:00",
        "2024-01-31 24:00:00",
        "2024-01-31 23:60:00",
        "2024-01-31 23:59:60",
        "2024-01-31t23:59:59",
        "2024/01/31",
        "2024-01-31 23-59-59",
        "2024-01-31 23:59 59",
    ];

    private delegate bool Fast(ref byte text, int length, out long value);

    private delegate bool Plain(ReadOnlySpan<byte> text, out long value);

    [Fact]
    public void TryInteger_ReadsWhatThePlainReaderReads() =>
        Check(
            FastText.TryInteger,
            NumberText.TryInteger,
            random =>
            {
                long magnitude = random.NextInt64(random.NextInt64(1, 9_999_999_999_999_999));
                return (random.Next(2) == 0 ? magnitude : -magnitude).ToString(CultureInfo.InvariantCulture);
            }
        );

    [Fact]
    public void WordDigits_ReadWhatThePlainReaderReads() =>
        Check(
            (ref byte text, int length, out long value) =>
            {
                value = 0;
                return length is > 0 and <= 16 && (text != '0' || length == 1) && WordDigits.TryRead(ref text, length, out value);
            },
            NumberText.TryInteger,
            random => random.NextInt64((long)Math.Pow(10, random.Next(1, 17))).ToString(CultureInfo.InvariantCulture)
        );

    [Fact]
    public void WordDigits_ReadAroundASeparator()
    {
        var random = new Random(20261123);
        for (int i = 0; i < Cases; i++)
        {
            int scale = random.Next(1, 7);
            int whole = random.Next(1, 16 - scale);
            var buffer = new byte[whole + 1 + scale + FastText.Reach];
            random.NextBytes(buffer);
            for (int at = 0; at < whole + 1 + scale; at++)
            {
                buffer[at] = (byte)(at == whole ? '.' : '0' + random.Next(10));
            }
            if (i % 4 == 0)
            {
                buffer[random.Next(whole + 1 + scale)] = (byte)random.Next(256);
            }
            string digits =
                System.Text.Encoding.Latin1.GetString(buffer, 0, whole) + System.Text.Encoding.Latin1.GetString(buffer, whole + 1, scale);
            bool expected = buffer[whole] == '.' && digits.All(char.IsAsciiDigit);
            Assert.Equal(expected, WordDigits.TryRead(ref buffer[0], whole, scale, (byte)'.', out long value));
            if (expected)
            {
                Assert.Equal(long.Parse(digits, CultureInfo.InvariantCulture), value);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void TryDecimal_ReadsWhatThePlainReaderReads(int scale)
    {
        Check(
            (ref byte text, int length, out long value) => FastText.TryDecimal(ref text, length, (byte)'.', scale, out value),
            (ReadOnlySpan<byte> text, out long value) =>
            {
                bool read =
                    NumberText.TryDecimal(text, (byte)'.', out DecimalParts parts) && parts.Scale == scale && parts.IntegerDigits >= 0;
                value = (long)parts.Unscaled;
                return read;
            },
            random =>
            {
                string whole = random.NextInt64((long)Math.Pow(10, random.Next(1, 13))).ToString(CultureInfo.InvariantCulture);
                string fraction = random.Next((int)Math.Pow(10, scale)).ToString(CultureInfo.InvariantCulture).PadLeft(scale, '0');
                return $"{(random.Next(2) == 0 ? "-" : "")}{whole}.{fraction}";
            }
        );
    }

    [Fact]
    public void TryFloat_ReadsWhatThePlainReaderReads() =>
        Check(
            (ref byte text, int length, out long value) =>
            {
                bool read = FastText.TryFloat(ref text, length, (byte)'.', out double number);
                value = BitConverter.DoubleToInt64Bits(number);
                return read;
            },
            (ReadOnlySpan<byte> text, out long value) =>
            {
                bool read = FloatText.TryRead(text, (byte)'.', out double number);
                value = BitConverter.DoubleToInt64Bits(number);
                return read;
            },
            random =>
            {
                string sign = random.Next(2) == 0 ? "-" : "";
                long digits = random.NextInt64((long)Math.Pow(10, random.Next(1, 16)));
                return random.Next(4) switch
                {
                    0 => string.Create(CultureInfo.InvariantCulture, $"{sign}{digits + 1}"),
                    1 => string.Create(CultureInfo.InvariantCulture, $"{sign}{digits % 1_000_000}.{random.Next(1_000_000):D6}"),
                    2 => string.Create(CultureInfo.InvariantCulture, $"{sign}{digits}e{random.Next(-22, 23)}"),
                    _ => string.Create(
                        CultureInfo.InvariantCulture,
                        $"{sign}{random.Next(10)}.{random.Next(1_000_000):D6}E{random.Next(-16, 23):+0;-0}"
                    ),
                };
            }
        );

    [Fact]
    public void TryIsoDate_ReadsWhatThePlainReaderReads() =>
        Check(
            (ref byte text, int length, out long value) => FastDate.TryDate(ref text, length, FastDate.Months, out value),
            (ReadOnlySpan<byte> text, out long value) =>
            {
                bool read = DateText.TryIsoDate(text, out int days);
                value = days;
                return read;
            },
            random => new DateTime(1900, 1, 1).AddDays(random.Next(73_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );

    [Fact]
    public void TryIsoTimestamp_ReadsWhatThePlainReaderReads() =>
        Check(
            (ref byte text, int length, out long value) => FastDate.TryTimestamp(ref text, length, FastDate.Months, out value),
            (ReadOnlySpan<byte> text, out long value) =>
            {
                value = 0;
                if (
                    text.Length < 11
                    || text[10] is not ((byte)' ' or (byte)'T')
                    || !DateText.TryIsoDate(text[..10], out int days)
                    || !DateText.TryTime(text[11..], out long nanos, out _, out ReadOnlySpan<byte> rest)
                    || rest.Length > 0
                )
                {
                    return false;
                }
                value = (days * StreamEtl.Types.Calendar.MicrosPerDay) + (nanos / 1000);
                return true;
            },
            random =>
                new DateTime(1900, 1, 1)
                    .AddSeconds(random.NextInt64(73_000L * 86_400))
                    .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
        );

    /// <summary>Usual spellings must be read; what is read of them, of oddities and of damaged ones must be what the plain reader reads.</summary>
    private static void Check(Fast fast, Plain plain, Func<Random, string> usual)
    {
        var random = new Random(20261121);
        for (int i = 0; i < Cases; i++)
        {
            bool isOdd = i % 4 == 0;
            byte[] text = System.Text.Encoding.UTF8.GetBytes(isOdd ? Oddities[random.Next(Oddities.Length)] : usual(random));
            bool damaged = i % 4 == 1 && text.Length > 0;
            if (damaged)
            {
                text[random.Next(text.Length)] = (byte)random.Next(256);
            }
            var buffer = new byte[text.Length + FastText.Reach];
            random.NextBytes(buffer);
            text.CopyTo(buffer, 0);
            bool read = fast(ref buffer[0], text.Length, out long value);
            if (read)
            {
                Assert.True(plain(text, out long expected), $"only the fast reader reads '{System.Text.Encoding.Latin1.GetString(text)}'");
                Assert.Equal(expected, value);
            }
            else if (!isOdd && !damaged && System.Runtime.Intrinsics.X86.Ssse3.IsSupported)
            {
                Assert.Fail($"the fast reader leaves out '{System.Text.Encoding.Latin1.GetString(text)}'");
            }
        }
    }
}
