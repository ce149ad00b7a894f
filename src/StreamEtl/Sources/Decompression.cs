using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>Finds out how a source's bytes are compressed and undoes it.</summary>
internal static class Decompression
{
    private const int MagicBytes = 10;

    private static readonly string[] Suffixes = [".gz", ".gzip", ".zst", ".zstd", ".zip", ".bz2", ".xz", ".lz4", ".z"];

    /// <summary>The name without a compression suffix: <c>a.csv.gz</c> is <c>a.csv</c>.</summary>
    public static string StripSuffix(string path)
    {
        string? suffix = SuffixOf(path);
        return suffix is null ? path : path[..^suffix.Length];
    }

    /// <summary>
    /// Wraps a source that stands at its first byte. The bytes decide; a name that promises another compression than the bytes have is damage, because a
    /// damaged header would otherwise be read as text. <paramref name="path"/>: where the source can be opened again for random access, or null for a pipe.
    /// </summary>
    public static async ValueTask<IByteSource> OpenAsync(IByteSource source, string? path, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicBytes];
        int count = await source.ReadFullyAsync(magic, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> head = magic.AsMemory(0, count);
        Compression found = Recognise(head.Span);
        Compression? promised = Promised(source.Info.Name);
        if (promised is { } p && p != found)
        {
            throw new StreamEtlException(
                ErrorKind.DamagedCompression,
                count == 0
                    ? $"the file is empty, but its name says {Describe(p)}"
                    : $"the name says {Describe(p)}, but the file does not begin like one",
                new RecordPosition(source.Info.Name, 0, -1),
                "fetch the file again, or rename it if it is not compressed"
            );
        }
        var whole = new PrefixedSource(source, head);
        return found switch
        {
            Compression.None => whole,
            Compression.Gzip => new GzipSource(whole),
            Compression.Zstandard => ZstdSource.Open(whole),
            Compression.Zip => ZipSource.Open(whole, path),
            _ => throw new StreamEtlException(
                ErrorKind.Unsupported,
                $"{Describe(found)} compression is not supported",
                new RecordPosition(source.Info.Name, 0, -1),
                $"decompress it into a pipe: {Tool(found)} | streametl … -"
            ),
        };
    }

    private static string? SuffixOf(string path) =>
        Array.Find(Suffixes, suffix => path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase) && path.Length > suffix.Length);

    private static Compression? Promised(string name) =>
        SuffixOf(name)?.ToUpperInvariant() switch
        {
            ".GZ" or ".GZIP" => Compression.Gzip,
            ".ZST" or ".ZSTD" => Compression.Zstandard,
            ".ZIP" => Compression.Zip,
            ".BZ2" => Compression.Bzip2,
            ".XZ" => Compression.Xz,
            ".LZ4" => Compression.Lz4,
            _ => null,
        };

    private static Compression Recognise(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0x1F, 0x8B, ..] => Compression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => Compression.Zstandard,
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => Compression.Zip,
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] => Compression.Bzip2,
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => Compression.Xz,
            [0x04, 0x22, 0x4D, 0x18, ..] => Compression.Lz4,
            _ => Compression.None,
        };

    private static string Describe(Compression compression) =>
        compression switch
        {
            Compression.Gzip => "gzip",
            Compression.Zstandard => "Zstandard",
            Compression.Zip => "zip",
            Compression.Bzip2 => "bzip2",
            Compression.Xz => "xz",
            Compression.Lz4 => "LZ4",
            _ => "none",
        };

    private static string Tool(Compression compression) =>
        compression switch
        {
            Compression.Bzip2 => "bzip2 -dc FILE",
            Compression.Xz => "xz -dc FILE",
            _ => "lz4 -dc FILE",
        };

    private enum Compression
    {
        None,
        Gzip,
        Zstandard,
        Zip,
        Bzip2,
        Xz,
        Lz4,
    }
}
