using StreamEtl.Errors;
using StreamEtl.Storage;

namespace StreamEtl.Sources;

/// <summary>Expands a pattern over the keys of a store, with the rules of <see cref="PathGlob"/>.</summary>
public static class StoreGlob
{
    /// <summary>Whether a key is a pattern.</summary>
    public static bool IsPattern(string key) => key.AsSpan().ContainsAny(Special);

    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("*?[");

    /// <summary>The keys that a pattern names, in the order of <see cref="ObjectKey.Compare"/>. A pattern that is the key of an object is that key.</summary>
    /// <exception cref="StreamEtlException"><see cref="ErrorKind.InputNotFound"/>: none matches.</exception>
    public static async ValueTask<IReadOnlyList<string>> ExpandAsync(
        IObjectStore store,
        string pattern,
        CancellationToken cancellationToken
    )
    {
        string[] parts = pattern.Split('/');
        // Only what stands before the first special character narrows the listing.
        string prefix = pattern[..pattern.AsSpan().IndexOfAny(Special)];
        var found = new List<string>();
        await foreach (ObjectInfo info in store.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            if (info.Key == pattern)
            {
                return [pattern];
            }
            if (Matches(parts, info.Key.Split('/')))
            {
                found.Add(info.Key);
            }
        }
        return found.Count > 0
            ? found
            : throw new StreamEtlException(
                ErrorKind.InputNotFound,
                "no object matches the pattern",
                StoreErrors.At(store.Name, pattern),
                "check bucket, prefix and pattern; ** matches any number of names between slashes"
            );
    }

    private static bool Matches(ReadOnlySpan<string> pattern, ReadOnlySpan<string> key)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == "**")
            {
                if (pattern.Length == 1)
                {
                    return !key.IsEmpty && !HasHidden(key);
                }
                for (int skip = 0; skip <= key.Length && !HasHidden(key[..skip]); skip++)
                {
                    if (Matches(pattern[1..], key[skip..]))
                    {
                        return true;
                    }
                }
                return false;
            }
            if (key.IsEmpty || !PathGlob.Matches(pattern[0], key[0]) || (key[0].StartsWith('.') && !pattern[0].StartsWith('.')))
            {
                return false;
            }
            pattern = pattern[1..];
            key = key[1..];
        }
        return key.IsEmpty;
    }

    private static bool HasHidden(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (name.StartsWith('.'))
            {
                return true;
            }
        }
        return false;
    }
}
