using StreamEtl.Memory;
using StreamEtl.Sources;

namespace StreamEtl.Json;

/// <summary>Whole JSON records.</summary>
internal sealed class JsonUnit(BufferLease lease, byte[] bytes, int length, JsonRecords records, long offset, int lines) : SourceUnit(lease)
{
    /// <summary>The records are in the first <see cref="InputBytes"/> bytes.</summary>
    public byte[] Bytes { get; } = bytes;

    /// <summary>Where each record is.</summary>
    public JsonRecords Records { get; } = records;

    /// <summary>Offset of the unit in the decoded input.</summary>
    public long Offset { get; } = offset;

    /// <summary>Physical lines that the unit spans.</summary>
    public int Lines { get; } = lines;

    /// <inheritdoc/>
    public override long InputBytes { get; } = length;
}
