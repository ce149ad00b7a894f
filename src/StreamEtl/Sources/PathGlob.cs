using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>
/// Expands the paths that a shell left alone (quoted, or on Windows): <c>*</c> and <c>?</c> within one name, <c>[abc]</c>, <c>[a-z]</c> and <c>[!a]</c>, and
/// <c>**</c> for any number of folders. Names that begin with a dot match only a pattern that begins with one, as in shells.
/// </summary>
public static class PathGlob
{
    /// <summary>
    /// The files that a pattern names, sorted by ordinal comparison. A path that exists is itself, whatever characters it has; <c>-</c> passes.
    /// </summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InputNotFound"/> when nothing matches.</exception>
    public static IReadOnlyList<string> Expand(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern == StandardInput.Name || Path.Exists(pattern))
        {
            return [pattern];
        }
        if (!pattern.AsSpan().ContainsAny("*?["))
        {
            throw FileOpening.NotFound(pattern);
        }
        bool windows = OperatingSystem.IsWindows();
        string[] parts = (windows ? pattern.Replace('\\', '/') : pattern).Split('/');
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Walk("", parts, 0, found);
        if (found.Count == 0)
        {
            throw new StreamEtlException(
                ErrorKind.InputNotFound,
                "no file matches the pattern",
                new RecordPosition(pattern, 0, -1),
                "check the folder and the pattern; ** matches folders at any depth"
            );
        }
        return [.. found];
    }

    /// <summary>True when a name matches one part of a pattern. Iterative with one point of return, so no pattern takes exponential time.</summary>
    internal static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        int p = 0;
        int n = 0;
        int starPattern = -1;
        int starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starName = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern[p..], name[n], out int length))
            {
                p += length;
                n++;
            }
            else if (starPattern >= 0)
            {
                p = starPattern;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool MatchesOne(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = 1;
        int close = pattern.Length > 2 && pattern[0] == '[' ? pattern[2..].IndexOf(']') : -1;
        if (close < 0)
        {
            return pattern[0] == '?' || pattern[0] == c;
        }
        ReadOnlySpan<char> set = pattern[1..(close + 2)];
        bool negated = set.Length > 1 && set[0] is '!' or '^';
        if (negated)
        {
            set = set[1..];
        }
        length = close + 3;
        bool inside = false;
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                inside |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
            {
                inside |= c == set[i];
            }
        }
        return inside != negated;
    }

    private static void Walk(string folder, string[] parts, int index, SortedSet<string> found)
    {
        string part = parts[index];
        bool last = index == parts.Length - 1;
        if (part == "**")
        {
            if (last)
            {
                AddAll(folder, found);
                return;
            }
            Walk(folder, parts, index + 1, found);
            foreach (string child in Children(folder, folders: true))
            {
                if (!child.StartsWith('.') && new DirectoryInfo(Join(folder, child)).LinkTarget is null)
                {
                    Walk(Join(folder, child), parts, index, found);
                }
            }
            return;
        }
        if (!part.AsSpan().ContainsAny("*?["))
        {
            string path = index == 0 && part.Length == 0 ? "/" : Join(folder, part);
            if (last ? File.Exists(path) : Directory.Exists(path) || part.Length == 0)
            {
                Continue(path, parts, index, last, found);
            }
            return;
        }
        foreach (string child in Children(folder, folders: !last))
        {
            if (Matches(part, child) && (!child.StartsWith('.') || part.StartsWith('.')))
            {
                Continue(Join(folder, child), parts, index, last, found);
            }
        }
    }

    private static void Continue(string path, string[] parts, int index, bool last, SortedSet<string> found)
    {
        if (last)
        {
            found.Add(path);
            return;
        }
        Walk(path, parts, index + 1, found);
    }

    /// <summary>Everything below a folder.</summary>
    private static void AddAll(string folder, SortedSet<string> found)
    {
        Walk(folder, ["**", "*"], 0, found);
    }

    private static string Join(string folder, string name) =>
        folder.Length == 0 || folder.EndsWith('/') ? folder + name : $"{folder}/{name}";

    private static IEnumerable<string> Children(string folder, bool folders)
    {
        string path = folder.Length == 0 ? "." : folder;
        try
        {
            IEnumerable<string> paths = folders ? Directory.EnumerateDirectories(path) : Directory.EnumerateFiles(path);
            return [.. paths.Select(p => Path.GetFileName(p))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
