using System.Text;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>Encodings by the names that users give them.</summary>
internal static class TextEncodings
{
    /// <summary>What reports call UTF-8.</summary>
    public const string Utf8 = "utf-8";

    /// <summary>What text is read as that is not UTF-8 and has no other sign.</summary>
    public const string Windows1252 = "windows-1252";

    /// <summary>The canonical name; throws <see cref="ErrorKind.Usage"/> when there is no such encoding.</summary>
    public static string Canonical(string name)
    {
        string key = name.Trim().ToLowerInvariant().Replace('_', '-');
        return key switch
        {
            "utf-8" or "utf8" or "utf-8-sig" or "ascii" or "us-ascii" => Utf8,
            "utf-16" or "utf16" => "utf-16",
            "utf-16le" or "utf16le" or "utf-16-le" or "unicode" => "utf-16le",
            "utf-16be" or "utf16be" or "utf-16-be" => "utf-16be",
            "utf-32" or "utf32" or "utf-32le" or "utf-32-le" => "utf-32le",
            "utf-32be" or "utf-32-be" => "utf-32be",
            "latin1" or "latin-1" or "iso-8859-1" or "iso8859-1" or "l1" => "iso-8859-1",
            "windows-1252" or "cp1252" or "cp-1252" or "win1252" or "1252" or "ansi" => Windows1252,
            _ => Find(key, name).WebName,
        };
    }

    /// <summary>A transcoder for a canonical name; null for UTF-8, which needs none.</summary>
    public static Transcoder? Open(string canonical) =>
        canonical switch
        {
            Utf8 => null,
            "utf-16" or "utf-16le" => new Utf16Transcoder(bigEndian: false),
            "utf-16be" => new Utf16Transcoder(bigEndian: true),
            "iso-8859-1" => SingleByteTranscoder.Latin1(),
            Windows1252 => SingleByteTranscoder.Windows1252(),
            "utf-32le" => new DecoderTranscoder(new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true)),
            "utf-32be" => new DecoderTranscoder(new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true)),
            _ => Open(Find(canonical, canonical)),
        };

    private static Transcoder Open(System.Text.Encoding encoding)
    {
        if (!encoding.IsSingleByte || !StartsWithAscii(encoding))
        {
            return new DecoderTranscoder(
                System.Text.Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            );
        }
        var characters = new char[256];
        for (int i = 0; i < 256; i++)
        {
            characters[i] = encoding.GetString([(byte)i])[0];
        }
        return new SingleByteTranscoder(characters);
    }

    /// <summary>False for EBCDIC.</summary>
    private static bool StartsWithAscii(System.Text.Encoding encoding)
    {
        for (int i = 0; i < 128; i++)
        {
            if (encoding.GetString([(byte)i]) is not [var c] || c != i)
            {
                return false;
            }
        }
        return true;
    }

    private static System.Text.Encoding Find(string key, string given)
    {
        System.Text.Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        string name =
            key.StartsWith("cp", StringComparison.Ordinal) && key.Length > 2 && char.IsAsciiDigit(key[2]) ? key[2..].TrimStart('-') : key;
        try
        {
            System.Text.Encoding encoding = int.TryParse(name, System.Globalization.CultureInfo.InvariantCulture, out int page)
                ? System.Text.Encoding.GetEncoding(page)
                : System.Text.Encoding.GetEncoding(name);
            return encoding.CodePage == 65000 ? throw new ArgumentException("UTF-7 is unsafe") : encoding;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new StreamEtlException(
                ErrorKind.Usage,
                $"the encoding '{given}' is not known",
                null,
                "use utf-8, utf-16, latin1, windows-1252, or another name of the IANA registry such as iso-8859-15 or shift_jis",
                e
            );
        }
    }
}
