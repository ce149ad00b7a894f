using System.Buffers;
using System.Security.Cryptography;
using StreamEtl.Errors;

namespace StreamEtl.Storage;

/// <summary>Where a <see cref="LocalStore"/> keeps objects, and the hidden names of those that are not finished.</summary>
internal static class LocalPath
{
    private const string StagedEnd = ".tmp";
    private const int RandomDigits = 16;

    /// <summary>The file of a checked key.</summary>
    public static string Of(string root, string key)
    {
        string path = root;
        foreach (string segment in Segments(key))
        {
            path = Path.Join(path, segment);
        }
        return path;
    }

    /// <summary>The names on the way to a checked key. Windows gives some of them another meaning, and does not get them.</summary>
    public static string[] Segments(string key)
    {
        string[] segments = key.Split('/');
        return OperatingSystem.IsWindows() && Array.Exists(segments, HasMeaningOnWindows)
            ? throw new StreamEtlException(ErrorKind.Usage, $"'{key}' cannot be the name of a file on Windows")
            : segments;
    }

    /// <summary>A new hidden name in the folder of a file: <c>.name.random.tmp</c>.</summary>
    public static string Staged(string path) =>
        Path.Join(
            Path.GetDirectoryName(path),
            $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}{StagedEnd}"
        );

    /// <summary>The final name that a hidden one stands in for; null when the name is none of these.</summary>
    public static string? FinalName(string name)
    {
        int tail = 1 + RandomDigits + StagedEnd.Length;
        return name.Length > 1 + tail && name[0] == '.' && name[^tail] == '.' && name.EndsWith(StagedEnd, StringComparison.Ordinal)
            ? name[1..^tail]
            : null;
    }

    private static bool HasMeaningOnWindows(string segment)
    {
        string stem = segment.Split('.')[0].TrimEnd(' ').ToUpperInvariant();
        return segment.AsSpan().ContainsAny(OnWindows.Meaning)
            || segment[^1] is '.' or ' '
            || stem is "CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$"
            || (stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)));
    }

    /// <summary>Made where it is needed: elsewhere making it would take a hundredth of what an ingest of a small file does.</summary>
    private static class OnWindows
    {
        public static readonly SearchValues<char> Meaning = SearchValues.Create("<>:\"|?*");
    }
}
