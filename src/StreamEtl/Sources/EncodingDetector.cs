using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace StreamEtl.Sources;

/// <summary>Finds the encoding of a text whose first bytes are at hand.</summary>
internal static class EncodingDetector
{
    private const int Utf16Sample = 4 << 10;

    /// <summary>Bytes of a byte order mark for the given encoding at the start of the text.</summary>
    public static int MarkLength(ReadOnlySpan<byte> head, string canonical) =>
        canonical switch
        {
            TextEncodings.Utf8 when head is [0xEF, 0xBB, 0xBF, ..] => 3,
            "utf-16le" when head is [0xFF, 0xFE, ..] => 2,
            "utf-16be" when head is [0xFE, 0xFF, ..] => 2,
            "utf-32le" when head is [0xFF, 0xFE, 0, 0, ..] => 4,
            "utf-32be" when head is [0, 0, 0xFE, 0xFF, ..] => 4,
            _ => 0,
        };

    /// <summary>
    /// The encoding: by its mark; UTF-16 without one, by its zeros; UTF-8 when the sample is valid; null when the sample is pure ASCII, which leaves it
    /// open; else Windows-1252.
    /// </summary>
    public static string? Detect(ReadOnlySpan<byte> sample, bool isWhole)
    {
        switch (sample)
        {
            case [0xEF, 0xBB, 0xBF, ..]:
                return TextEncodings.Utf8;
            case [0xFF, 0xFE, 0, 0, ..] when sample.Length % 4 == 0 || !isWhole:
                return "utf-32le";
            case [0, 0, 0xFE, 0xFF, ..]:
                return "utf-32be";
            case [0xFF, 0xFE, ..]:
                return "utf-16le";
            case [0xFE, 0xFF, ..]:
                return "utf-16be";
            default:
                break;
        }
        ReadOnlySpan<byte> certain = sample[..^(isWhole ? 0 : CutLength(sample))];
        return DetectUtf16(sample) ?? (certain.ContainsAnyExceptInRange((byte)0, (byte)127) ? DetectMultiByte(sample, isWhole) : null);
    }

    /// <summary>UTF-8 or Windows-1252, of bytes that are not all ASCII. A character cut by the end of an incomplete sample is no fault.</summary>
    public static string DetectMultiByte(ReadOnlySpan<byte> sample, bool isWhole)
    {
        int cut = isWhole ? 0 : CutLength(sample);
        return Utf8.IsValid(sample[..^cut]) ? TextEncodings.Utf8 : TextEncodings.Windows1252;
    }

    /// <summary>True when valid characters of several bytes outnumber invalid bytes; Windows-1252 text has hardly any of the former by chance.</summary>
    public static bool LooksLikeDamagedUtf8(ReadOnlySpan<byte> sample)
    {
        int valid = 0;
        int invalid = 0;
        while (true)
        {
            int next = sample.IndexOfAnyExceptInRange((byte)0, (byte)127);
            if (next < 0)
            {
                return valid > invalid;
            }
            bool decoded = Rune.DecodeFromUtf8(sample[next..], out _, out int length) == OperationStatus.Done;
            valid += decoded ? 1 : 0;
            invalid += decoded ? 0 : 1;
            sample = sample[(next + length)..];
        }
    }

    /// <summary>Bytes at the end that begin a character without completing it.</summary>
    private static int CutLength(ReadOnlySpan<byte> sample)
    {
        for (int i = 1; i <= Math.Min(3, sample.Length); i++)
        {
            byte b = sample[^i];
            if (b >= 0xC0)
            {
                int length =
                    b >= 0xF0 ? 4
                    : b >= 0xE0 ? 3
                    : 2;
                return length > i ? i : 0;
            }
            if (b < 0x80)
            {
                return 0;
            }
        }
        return 0;
    }

    /// <summary>Western text in UTF-16 has a zero in nearly every second byte, always on the same side.</summary>
    private static string? DetectUtf16(ReadOnlySpan<byte> sample)
    {
        sample = sample[..Math.Min(sample.Length & ~1, Utf16Sample)];
        if (sample.Length < 4)
        {
            return null;
        }
        int even = 0;
        int odd = 0;
        for (int i = 0; i < sample.Length; i += 2)
        {
            even += sample[i] == 0 ? 1 : 0;
            odd += sample[i + 1] == 0 ? 1 : 0;
        }
        int units = sample.Length / 2;
        return (even, odd) switch
        {
            _ when odd > units * 0.8 && even < units * 0.05 => "utf-16le",
            _ when even > units * 0.8 && odd < units * 0.05 => "utf-16be",
            _ => null,
        };
    }
}
