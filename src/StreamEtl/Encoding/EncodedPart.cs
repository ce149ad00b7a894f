using StreamEtl.Memory;

namespace StreamEtl.Encoding;

/// <summary>A piece of an output file, ready to be written: bytes in order and what the encoder must remember of it. Encoders derive from it.</summary>
public class EncodedPart(BufferLease lease, int rows, long[] nullCounts) : IDisposable
{
    private readonly List<ReadOnlyMemory<byte>> _segments = [];

    /// <summary>Holds the arrays behind the segments.</summary>
    public BufferLease Lease { get; } = lease;

    /// <summary>Rows in the part.</summary>
    public int Rows { get; } = rows;

    /// <summary>NULLs of each output column, for the report.</summary>
    public long[] NullCounts { get; } = nullCounts;

    /// <summary>The bytes, in the order in which they are written.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Segments => _segments;

    /// <summary>Bytes in all segments.</summary>
    public long Length { get; private set; }

    /// <summary>Adds bytes at the end. They must live in an array of <see cref="Lease"/> or one that nobody reuses.</summary>
    public void Append(ReadOnlyMemory<byte> segment)
    {
        _segments.Add(segment);
        Length += segment.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Lease.Dispose();
        GC.SuppressFinalize(this);
    }
}
