using System.Buffers.Binary;
using System.IO.Compression;
using StreamEtl.Batches;
using StreamEtl.Compression;
using StreamEtl.Memory;

namespace StreamEtl.Encoding;

/// <summary>
/// A text format as one gzip member (RFC 1952) of which every part is compressed apart, on any thread: each part is a run of deflate blocks that refers to nothing
/// before it and ends at a whole byte, so that the runs only have to be put one after the other, and checksums combine (as pigz does it). One member, because
/// there are readers that stop after the first.
/// </summary>
internal sealed class GzipFileEncoder(RowTextEncoder text, BufferPool pool) : IBatchEncoder
{
    /// <summary>Each part starts with an empty window: many small ones would compress badly.</summary>
    private const int SmallestPart = 4096;

    /// <summary>Magic, deflate, no flags, no time (so that equal runs write equal files), no hint of the level, system unknown.</summary>
    private static readonly byte[] MemberHeader = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    /// <summary>A last block that holds nothing.</summary>
    private static readonly byte[] LastBlock = [3, 0];

    private uint _crc;
    private uint _length;
    private bool _any;

    /// <inheritdoc/>
    public int RowsPerPart => SmallestPart;

    /// <inheritdoc/>
    public EncodedPart Encode(IReadOnlyList<RowBatch> batches)
    {
        using EncodedPart plain = text.Encode(batches);
        BufferLease lease = pool.Lease();
        try
        {
            int length = checked((int)plain.Length);
            byte[] target = lease.Rent<byte>(MaxDeflated(length));
            uint crc = 0;
            foreach (ReadOnlyMemory<byte> segment in plain.Segments)
            {
                crc = Crc32.Append(crc, segment.Span);
            }
            var part = new Part(lease, plain.Rows, plain.NullCounts, crc, length);
            part.Append(target.AsMemory(0, Deflate(plain.Segments, target)));
            return part;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken)
    {
        await output.WriteAsync(MemberHeader, cancellationToken).ConfigureAwait(false);
        await WriteTextAsync(text.Prologue, output, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        var deflated = (Part)part;
        if (deflated.PlainLength == 0)
        {
            return;
        }
        await WriteTextAsync(text.Before(ref _any), output, cancellationToken).ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> segment in part.Segments)
        {
            await output.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
        }
        Count(deflated.Crc, deflated.PlainLength);
    }

    /// <inheritdoc/>
    public async ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken)
    {
        await WriteTextAsync(text.Epilogue, output, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(LastBlock, cancellationToken).ConfigureAwait(false);
        var trailer = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer.AsSpan(4), _length);
        await output.WriteAsync(trailer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what stands between the parts.</summary>
    private async ValueTask WriteTextAsync(ReadOnlyMemory<byte> bytes, Stream output, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        var target = new byte[MaxDeflated(bytes.Length)];
        int length = Deflate([bytes], target);
        await output.WriteAsync(target.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        Count(Crc32.Append(0, bytes.Span), bytes.Length);
    }

    private void Count(uint crc, int length)
    {
        _crc = Crc32.Combine(_crc, crc, length);
        _length += (uint)length;
    }

    /// <summary>Blocks without the last-block mark: a flush ends them at a whole byte, and what disposing adds is not taken.</summary>
    private static int Deflate(IReadOnlyList<ReadOnlyMemory<byte>> segments, byte[] target)
    {
        var stream = new MemoryStream(target);
        using var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        foreach (ReadOnlyMemory<byte> segment in segments)
        {
            deflate.Write(segment.Span);
        }
        deflate.Flush();
        return (int)stream.Position;
    }

    /// <summary>The worst that deflate's fixed codes do is nine bits for a byte.</summary>
    private static int MaxDeflated(int length) => checked(length + (length / 8) + 1024);

    private sealed class Part(BufferLease lease, int rows, long[] nullCounts, uint crc, int plainLength)
        : EncodedPart(lease, rows, nullCounts)
    {
        public uint Crc { get; } = crc;

        public int PlainLength { get; } = plainLength;
    }
}
