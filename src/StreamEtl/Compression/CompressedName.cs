namespace StreamEtl.Compression;

/// <summary>The one list of suffixes that say how a file is compressed.</summary>
public static class CompressedName
{
    private static readonly (string Suffix, FileCompression Compression)[] Suffixes =
    [
        (".gz", FileCompression.Gzip),
        (".gzip", FileCompression.Gzip),
        (".zst", FileCompression.Zstandard),
        (".zstd", FileCompression.Zstandard),
        (".zip", FileCompression.Zip),
        (".bz2", FileCompression.Bzip2),
        (".xz", FileCompression.Xz),
        (".lz4", FileCompression.Lz4),
        (".z", FileCompression.Lzw),
    ];

    /// <summary>The name without a compression suffix: <c>a.csv.gz</c> is <c>a.csv</c>. One suffix is stripped, whatever its case.</summary>
    public static string Strip(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path[..^Find(path).Suffix.Length];
    }

    /// <summary>What the name promises.</summary>
    internal static FileCompression Of(string path) => Find(path).Compression;

    private static (string Suffix, FileCompression Compression) Find(string path)
    {
        foreach ((string Suffix, FileCompression Compression) known in Suffixes)
        {
            if (path.Length > known.Suffix.Length && path.EndsWith(known.Suffix, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }
        return ("", FileCompression.None);
    }
}
