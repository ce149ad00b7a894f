using System.Buffers.Binary;
using StreamEtl.Errors;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>An open file: its footer, checked against what the file can hold, and random access to its bytes.</summary>
internal sealed class ParquetFile : IAsyncDisposable
{
    private const int TailBytes = 8;
    private const int MaxFooterBytes = 256 << 20;

    /// <summary>Old writers left a dictionary page's header out of the chunk's length; this many bytes more are read where the file has them.</summary>
    private const int HeaderAllowance = 128;

    private readonly IRandomBytes _bytes;
    private readonly long _footerStart;

    private ParquetFile(IRandomBytes bytes, FileFooter footer, long footerStart)
    {
        _bytes = bytes;
        Footer = footer;
        _footerStart = footerStart;
        Schema = SchemaTree.Build(Footer.Schema);
        RowCount = CountRows();
    }

    /// <summary>As the user gave it.</summary>
    public string Path => _bytes.Info.Name;

    /// <summary>Bytes.</summary>
    public long Length => _bytes.Info.Length!.Value;

    /// <summary>The metadata.</summary>
    public FileFooter Footer { get; }

    /// <summary>The fields.</summary>
    public SchemaTree Schema { get; }

    /// <summary>Rows of all row groups.</summary>
    public long RowCount { get; }

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    /// <summary>Reads the footer of an open file, which it takes over: it is closed with this object, or at once when it is damaged.</summary>
    public static async ValueTask<ParquetFile> OpenAsync(IRandomBytes bytes, CancellationToken cancellationToken)
    {
        try
        {
            (FileFooter footer, long start) = await ReadFooterAsync(bytes, cancellationToken).ConfigureAwait(false);
            return new ParquetFile(bytes, footer, start);
        }
        catch (ParquetFault fault)
        {
            await bytes.DisposeAsync().ConfigureAwait(false);
            throw ParquetErrors.Locate(fault, bytes.Info.Name, -1, null, -1);
        }
        catch
        {
            await bytes.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where the pages of a chunk are: offset and length, checked.</summary>
    public (long Offset, long Length) Extent(ChunkInfo chunk)
    {
        long start = chunk.Start;
        if (start < Magic.Length || chunk.CompressedBytes < 0 || start > _footerStart || chunk.CompressedBytes > _footerStart - start)
        {
            throw ParquetFault.Damaged($"a column chunk of {chunk.CompressedBytes} bytes at {start} lies outside the file");
        }
        return (start, Math.Min(chunk.CompressedBytes + HeaderAllowance, _footerStart - start));
    }

    /// <summary>Fills the buffer from a file offset.</summary>
    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
        _bytes.ReadAsync(offset, buffer, cancellationToken);

    /// <summary>Where the pages of a chunk start and which rows they hold; null when the file does not say, or not in a way that can be followed.</summary>
    public async ValueTask<PageLocations?> ReadLocationsAsync(ChunkInfo chunk, long rows, CancellationToken cancellationToken)
    {
        if (
            chunk.IndexLength is <= 0 or > MaxFooterBytes
            || chunk.IndexOffset < Magic.Length
            || chunk.IndexOffset > Length - chunk.IndexLength
        )
        {
            return null;
        }
        byte[] bytes = new byte[chunk.IndexLength];
        await ReadAsync(chunk.IndexOffset, bytes, cancellationToken).ConfigureAwait(false);
        return PageLocations.Read(bytes, chunk, rows);
    }

    /// <summary>Throws when the file is not what it was when it was opened.</summary>
    public void VerifyUnchanged() => _bytes.VerifyUnchanged();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _bytes.DisposeAsync();

    private static async ValueTask<(FileFooter Footer, long Start)> ReadFooterAsync(IRandomBytes file, CancellationToken cancellationToken)
    {
        long length = file.Info.Length!.Value;
        if (length == 0)
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                "the file is empty",
                new RecordPosition(file.Info.Name, 0, -1),
                "a Parquet file has at least a footer"
            );
        }
        if (length < Magic.Length + TailBytes)
        {
            throw ParquetFault.Damaged($"a file of {length} bytes is too short for Parquet");
        }
        byte[] head = new byte[4];
        byte[] tail = new byte[TailBytes];
        await file.ReadAsync(0, head, cancellationToken).ConfigureAwait(false);
        await file.ReadAsync(length - TailBytes, tail, cancellationToken).ConfigureAwait(false);
        byte[] bytes = new byte[FooterLength(length, head, tail)];
        long start = length - TailBytes - bytes.Length;
        await file.ReadAsync(start, bytes, cancellationToken).ConfigureAwait(false);
        return (FooterReader.Read(bytes), start);
    }

    private static int FooterLength(long fileLength, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        if (tail[4..].SequenceEqual(EncryptedMagic))
        {
            throw ParquetFault.Unsupported("the file is encrypted");
        }
        if (!head.SequenceEqual(Magic) || !tail[4..].SequenceEqual(Magic))
        {
            throw ParquetFault.Damaged(
                head.SequenceEqual(Magic)
                    ? "the file does not end with PAR1: it is cut off or was never finished"
                    : "the file does not start with PAR1"
            );
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        return length <= fileLength - Magic.Length - TailBytes && length <= MaxFooterBytes
            ? (int)length
            : throw ParquetFault.Damaged($"a footer of {length} bytes does not fit into the file");
    }

    /// <summary>Adds up the rows; the footer's own count is not trusted, because some writers leave it out, and reading verifies that of each row group.</summary>
    private long CountRows()
    {
        long rows = 0;
        for (int g = 0; g < Footer.RowGroups.Count; g++)
        {
            RowGroupInfo group = Footer.RowGroups[g];
            if (group.Chunks.Count != Schema.Leaves.Count)
            {
                throw ParquetFault.Damaged($"row group {g} has {group.Chunks.Count} columns, the schema {Schema.Leaves.Count}");
            }
            if (group.RowCount < 0 || group.RowCount > long.MaxValue - rows)
            {
                throw ParquetFault.Damaged($"row group {g} has {group.RowCount} rows");
            }
            rows += group.RowCount;
        }
        return rows;
    }

    /// <summary>Refuses a chunk that cannot be read, or that contradicts the schema. Looked at only when the column is wanted.</summary>
    public void Check(ChunkInfo chunk, SchemaNode leaf, long rows)
    {
        if (chunk.IsEncrypted || Footer.IsEncrypted)
        {
            throw ParquetFault.Unsupported("the column is encrypted");
        }
        if (!chunk.HasMetadata)
        {
            throw ParquetFault.Damaged("a column chunk has no metadata");
        }
        if (!string.IsNullOrEmpty(chunk.FilePath))
        {
            throw ParquetFault.Unsupported($"a column chunk is in another file, '{chunk.FilePath}'");
        }
        if (chunk.Type != leaf.Leaf!.Physical)
        {
            throw ParquetFault.Damaged($"a column chunk holds {chunk.Type} where the schema says {leaf.Leaf.Physical}");
        }
        // Of flat columns the pages are held against the rows; some writers leave this count out.
        bool countFits = leaf.MaxRepetition == 0 || chunk.ValueCount >= rows;
        if (!countFits || chunk.UncompressedBytes < 0)
        {
            throw ParquetFault.Damaged($"a column chunk of {chunk.ValueCount} values stands in a row group of {rows} rows");
        }
        _ = Extent(chunk);
    }
}
