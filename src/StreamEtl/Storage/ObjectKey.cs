using System.Text;
using StreamEtl.Errors;

namespace StreamEtl.Storage;

/// <summary>
/// Keys of objects: relative paths with <c>/</c> between segments, the same on every system and store. A key never leads out of the root: no segment is
/// empty, <c>.</c> or <c>..</c>; there are no backslashes, no control characters, no halves of surrogate pairs. Names of the form <c>.*.tmp</c>
/// belong to the stores.
/// </summary>
public static class ObjectKey
{
    /// <summary>Bytes of UTF-8 in a key at most: S3's limit.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Bytes of UTF-8 in a segment at most: file systems take 255, and a store adds some to hide what is unfinished.</summary>
    public const int MaxSegmentBytes = 230;

    private const char Separator = '/';

    /// <summary>Refuses what is not a key.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>.</exception>
    public static void Check(string key)
    {
        if (Fault(key) is { } fault)
        {
            throw Refused(key, fault);
        }
    }

    /// <summary>Refuses what no key can start with. Empty is the start of every key, and <c>a/</c> that of what is in <c>a</c>.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.Usage"/>.</exception>
    public static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        if (prefix.Length == 0)
        {
            return;
        }
        // A segment that is not complete may still become a good one.
        if (Fault(prefix[^1] == Separator ? prefix[..^1] : prefix + "x") is { } fault)
        {
            throw Refused(prefix, fault);
        }
    }

    /// <summary>Whether the text is a key.</summary>
    public static bool IsValid(string key) => Fault(key) is null;

    /// <summary>The order of listings: that of the keys' UTF-8 bytes, as S3 has it. UTF-16 would put U+E000 and above behind the surrogates.</summary>
    public static int Compare(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }
        return Rank(left[common]).CompareTo(Rank(right[common]));

        static int Rank(char c) =>
            c switch
            {
                < '\uD800' => c,
                >= '\uE000' => c - 0x800,
                _ => c + 0x2000,
            };
    }

    private static string? Fault(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        foreach (Range range in key.AsSpan().Split(Separator))
        {
            if (SegmentFault(key.AsSpan()[range]) is { } fault)
            {
                return fault;
            }
        }
        return System.Text.Encoding.UTF8.GetByteCount(key) > MaxBytes ? $"it is longer than {MaxBytes} bytes" : null;
    }

    private static string? SegmentFault(ReadOnlySpan<char> segment)
    {
        switch (segment)
        {
            case "":
                return "a segment is empty";
            case "." or "..":
                return $"'{segment}' is not allowed in it";
        }
        if (segment.StartsWith('.') && segment.EndsWith(".tmp", StringComparison.OrdinalIgnoreCase))
        {
            return "names of the form '.*.tmp' are kept for unfinished objects";
        }
        if (System.Text.Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
        {
            return $"a segment is longer than {MaxSegmentBytes} bytes";
        }
        while (!segment.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(segment, out Rune rune, out int used) != System.Buffers.OperationStatus.Done)
            {
                return "it is not valid Unicode";
            }
            if (Rune.IsControl(rune) || rune.Value == '\\')
            {
                return "it holds a backslash or a control character";
            }
            segment = segment[used..];
        }
        return null;
    }

    private static StreamEtlException Refused(string key, string fault) =>
        new(ErrorKind.Usage, $"'{Shown(key)}' cannot be the name of an object: {fault}");

    /// <summary>Names come from data: what an error prints of one has no control characters and no great length.</summary>
    private static string Shown(string key)
    {
        const int Enough = 120;
        var text = new StringBuilder();
        foreach (Rune rune in key.EnumerateRunes())
        {
            if (text.Length > Enough)
            {
                return text.Append('…').ToString();
            }
            text.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        }
        return text.ToString();
    }
}
