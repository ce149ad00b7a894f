using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using StreamEtl.Errors;
using StreamEtl.Parquet.Metadata;
using StreamEtl.Sources;

namespace StreamEtl.Parquet.Reading;

/// <summary>An open file: its footer, checked against what the file can hold, and random access to its bytes.</summary>
internal sealed class ParquetFile : IDisposable
{
    private const int TailBytes = 8;
    private const int MaxFooterBytes = 256 << 20;

    /// <summary>Old writers left a dictionary page's header out of the chunk's length; this many bytes more are read where the file has them.</summary>
    private const int HeaderAllowance = 128;

    private readonly SafeFileHandle _handle;
    private readonly FileIdentity _identity;
    private readonly long _footerStart;

    private ParquetFile(string path, SafeFileHandle handle)
    {
        Path = path;
        _handle = handle;
        _identity = FileIdentity.Of(handle);
        (Footer, _footerStart) = ReadFooter();
        Schema = SchemaTree.Build(Footer.Schema);
        RowCount = CountRows();
    }

    /// <summary>As the user gave it.</summary>
    public string Path { get; }

    /// <summary>Bytes.</summary>
    public long Length => _identity.Length;

    /// <summary>The metadata.</summary>
    public FileFooter Footer { get; }

    /// <summary>The fields.</summary>
    public SchemaTree Schema { get; }

    /// <summary>Rows of all row groups.</summary>
    public long RowCount { get; }

    private static ReadOnlySpan<byte> Magic => "PAR1"u8;

    private static ReadOnlySpan<byte> EncryptedMagic => "PARE"u8;

    /// <summary>Opens a file and reads its footer.</summary>
    public static ParquetFile Open(string path)
    {
        SafeFileHandle handle = FileOpening.OpenRead(path);
        try
        {
            return new ParquetFile(path, handle);
        }
        catch (ParquetFault fault)
        {
            handle.Dispose();
            throw ParquetErrors.Locate(fault, path, -1, null, -1);
        }
        catch
        {
            handle.Dispose();
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
    public void Read(Span<byte> buffer, long offset)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                int count = RandomAccess.Read(_handle, buffer, offset);
                if (count == 0)
                {
                    throw FileInput.Changed(Path);
                }
                buffer = buffer[count..];
                offset += count;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StreamEtlException(
                ErrorKind.Io,
                $"reading failed: {e.Message}",
                new RecordPosition(Path, 0, offset),
                "check the disk or the network share, then run again",
                e
            );
        }
    }

    /// <summary>Throws when the file is not what it was when it was opened.</summary>
    public void VerifyUnchanged()
    {
        if (FileIdentity.Of(_handle) != _identity)
        {
            throw FileInput.Changed(Path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private (FileFooter Footer, long Start) ReadFooter()
    {
        if (Length == 0)
        {
            throw new StreamEtlException(
                ErrorKind.EmptyInput,
                "the file is empty",
                new RecordPosition(Path, 0, -1),
                "a Parquet file has at least a footer"
            );
        }
        if (Length < Magic.Length + TailBytes)
        {
            throw ParquetFault.Damaged($"a file of {Length} bytes is too short for Parquet");
        }
        Span<byte> head = stackalloc byte[4];
        Span<byte> tail = stackalloc byte[TailBytes];
        Read(head, 0);
        Read(tail, Length - TailBytes);
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
        if (length > Length - Magic.Length - TailBytes || length > MaxFooterBytes)
        {
            throw ParquetFault.Damaged($"a footer of {length} bytes does not fit into the file");
        }
        byte[] bytes = new byte[length];
        long start = Length - TailBytes - length;
        Read(bytes, start);
        return (FooterReader.Read(bytes), start);
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
