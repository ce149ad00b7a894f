using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Parsing;

/// <summary>Whole records of a CSV input and where their fields are.</summary>
internal sealed class CsvUnit(BufferLease lease, byte[] bytes, int length, FieldIndex index, long offset, int lines) : SourceUnit(lease)
{
    /// <summary>The frame is the first <see cref="Length"/> bytes.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>Bytes of the frame.</summary>
    public int Length { get; } = length;

    /// <summary>Where its fields are.</summary>
    public FieldIndex Index { get; } = index;

    /// <summary>Offset of the frame in the decoded input.</summary>
    public long Offset { get; } = offset;

    /// <summary>Line endings in the frame, inside quotes or not.</summary>
    public int Lines { get; } = lines;

    /// <summary>Gives frame and index back before the lease ends.</summary>
    public void ReleaseFrame()
    {
        Index.Release();
        Lease.Release(Bytes);
    }

    /// <inheritdoc/>
    public override long InputBytes => Length;
}
