using System.Text.RegularExpressions;

namespace StreamEtl.Connectors.Configuration;

/// <summary>
/// Keeps secrets out of what a run says: every value that came from an environment variable is shown as <c>${NAME}</c>, and the password of a URL as
/// <c>***</c>. Thread-safe. Applied to whole messages before they are shortened or escaped, so that no part of a value passes in another dress.
/// </summary>
public sealed partial class SecretMask
{
    /// <summary>A value shorter than this is masked only where it stands alone: in the middle of words it would be everywhere, and so give itself away.</summary>
    private const int ShortestAnywhere = 4;

    /// <summary>A line of a key in several lines is masked by itself from this length on.</summary>
    private const int ShortestLine = 8;

    private readonly Lock _lock = new();
    private (string Value, string Shown)[] _values = [];

    /// <summary>Masks a value from now on. Empty values are none.</summary>
    public void Add(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        string shown = $"${{{name}}}";
        lock (_lock)
        {
            _values =
            [
                .. _values
                    .Concat(Forms(value).Where(f => f.Length > 0).Select(f => (f, shown)))
                    .Concat(Parents(value, shown))
                    .DistinctBy(v => v.Item1, StringComparer.Ordinal)
                    // A value that contains another is replaced first.
                    .OrderByDescending(v => v.Item1.Length),
            ];
        }
    }

    /// <summary>The text without any secret.</summary>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach ((string value, string shown) in Volatile.Read(ref _values))
        {
            text =
                value.Length >= ShortestAnywhere
                    ? text.Replace(value, shown, StringComparison.OrdinalIgnoreCase)
                    : ReplaceAlone(text, value, shown);
        }
        return text.Contains("://", StringComparison.Ordinal) ? PasswordInUrl().Replace(text, "://${user}:***@") : text;
    }

    private static IEnumerable<string> Forms(string value)
    {
        yield return value;
        yield return value.Trim();
        yield return Uri.EscapeDataString(value);
        foreach (string line in value.Split('\n', '\r').Where(l => l.Length >= ShortestLine))
        {
            yield return line;
        }
    }

    /// <summary>The folders above a value that is a path: errors speak of those too. The first of an absolute path is no secret.</summary>
    private static IEnumerable<(string Value, string Shown)> Parents(string value, string shown)
    {
        for (int at = value.LastIndexOf('/'); at > 0; at = value.LastIndexOf('/', at - 1))
        {
            shown += "/..";
            string parent = value[..at];
            if (parent.Length >= ShortestAnywhere && !parent.EndsWith('/') && !parent.EndsWith(':') && parent.LastIndexOf('/') != 0)
            {
                yield return (parent, shown);
            }
        }
    }

    private static string ReplaceAlone(string text, string value, string shown)
    {
        int at = 0;
        while ((at = text.IndexOf(value, at, StringComparison.OrdinalIgnoreCase)) >= 0)
        {
            int end = at + value.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                text = string.Concat(text.AsSpan(0, at), shown, text.AsSpan(end));
                end = at + shown.Length;
            }
            at = end;
        }
        return text;
    }

    [GeneratedRegex(@"://(?<user>[^\s/:@]*):[^\s/@]+@", RegexOptions.ExplicitCapture)]
    private static partial Regex PasswordInUrl();
}
