using StreamEtl.Compression;
using StreamEtl.Errors;

namespace StreamEtl.Sources;

/// <summary>Finds out how a source's bytes are compressed and undoes it.</summary>
internal static class Decompression
{
    private const int MagicBytes = 10;

    /// <summary>
    /// Wraps a source that stands at its first byte. The bytes decide; a name that promises another compression than the bytes have is damage, because a
    /// damaged header would otherwise be read as text. <paramref name="path"/>: where the source can be opened again for random access, or null for a pipe.
    /// </summary>
    public static async ValueTask<IByteSource> OpenAsync(IByteSource source, string? path, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicBytes];
        int count = await source.ReadFullyAsync(magic, cancellationToken).ConfigureAwait(false);
        ReadOnlyMemory<byte> head = magic.AsMemory(0, count);
        FileCompression found = Recognise(head.Span);
        FileCompression? promised = Promised(source.Info.Name);
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
            FileCompression.None => whole,
            FileCompression.Gzip => new GzipSource(whole),
            FileCompression.Zstandard => ZstdSource.Open(whole),
            FileCompression.Zip => ZipSource.Open(whole, path),
            _ => throw new StreamEtlException(
                ErrorKind.Unsupported,
                $"{Describe(found)} compression is not supported",
                new RecordPosition(source.Info.Name, 0, -1),
                $"decompress it into a pipe: {Tool(found)} | streametl … -"
            ),
        };
    }

    /// <summary>What the name promises; null for nothing, and for <c>.z</c>, which gzip once used too.</summary>
    private static FileCompression? Promised(string name) =>
        CompressedName.Of(name) is var promised and not (FileCompression.None or FileCompression.Lzw) ? promised : null;

    private static FileCompression Recognise(ReadOnlySpan<byte> head) =>
        head switch
        {
            [0x1F, 0x8B, ..] => FileCompression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => FileCompression.Zstandard,
            [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => FileCompression.Zip,
            [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..] =>
                FileCompression.Bzip2,
            [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => FileCompression.Xz,
            [0x04, 0x22, 0x4D, 0x18, ..] => FileCompression.Lz4,
            _ => FileCompression.None,
        };

    private static string Describe(FileCompression compression) =>
        compression switch
        {
            FileCompression.Gzip => "gzip",
            FileCompression.Zstandard => "Zstandard",
            FileCompression.Zip => "zip",
            FileCompression.Bzip2 => "bzip2",
            FileCompression.Xz => "xz",
            FileCompression.Lz4 => "LZ4",
            _ => "none",
        };

    private static string Tool(FileCompression compression) =>
        compression switch
        {
            FileCompression.Bzip2 => "bzip2 -dc FILE",
            FileCompression.Xz => "xz -dc FILE",
            _ => "lz4 -dc FILE",
        };
}
