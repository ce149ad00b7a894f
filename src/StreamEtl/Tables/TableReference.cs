using System.Globalization;
using StreamEtl.Storage;

namespace StreamEtl.Tables;

/// <summary>A version of a table as users name it where an input is expected: <c>DIR/T@3</c>, <c>DIR/T@latest</c>.</summary>
/// <param name="Text">As the user gave it.</param>
/// <param name="Folder">The folder that holds tables.</param>
/// <param name="Name">The table, as the user gave it.</param>
/// <param name="Version">The version; null for the newest.</param>
public sealed record TableReference(string Text, string Folder, string Name, long? Version)
{
    private const string Newest = "latest";

    /// <summary>The reference that a path is; null when it is none, or when a file has that name.</summary>
    public static TableReference? Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string last = Path.GetFileName(path);
        int at = last.LastIndexOf('@');
        if (at <= 0 || at == last.Length - 1)
        {
            return null;
        }
        string suffix = last[(at + 1)..];
        long? version = null;
        if (!string.Equals(suffix, Newest, StringComparison.OrdinalIgnoreCase))
        {
            if (!long.TryParse(suffix, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            {
                return null;
            }
            version = number;
        }
        if (StorePath.IsOne(path))
        {
            return new TableReference(path, StorePath.Parent(path), last[..at], version);
        }
        if (File.Exists(path))
        {
            return null;
        }
        string folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        return new TableReference(path, folder, last[..at], version);
    }
}
