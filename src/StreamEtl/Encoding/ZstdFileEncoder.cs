using StreamEtl.Batches;
using StreamEtl.Compression;

namespace StreamEtl.Encoding;

/// <summary>
/// A text format as one Zstandard frame. Frames of their own for each part would let parts be compressed side by side, but widespread readers (python-zstandard
/// by default, and so pandas) stop after the first frame, and would take the header for the whole table. So the writing thread compresses, while others encode.
/// </summary>
internal sealed class ZstdFileEncoder(RowTextEncoder text) : IBatchEncoder, IDisposable
{
    private const int OutputBytes = 128 << 10;

    private readonly ZstdEncoder _zstd = ZstdEncoder.Open();
    private readonly byte[] _output = new byte[OutputBytes];
    private bool _any;

    /// <inheritdoc/>
    public int RowsPerPart => text.RowsPerPart;

    /// <inheritdoc/>
    public EncodedPart Encode(IReadOnlyList<RowBatch> batches) => text.Encode(batches);

    /// <inheritdoc/>
    public ValueTask WriteHeaderAsync(Stream output, CancellationToken cancellationToken) =>
        WriteAsync(text.Prologue, last: false, output, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WritePartAsync(EncodedPart part, Stream output, CancellationToken cancellationToken)
    {
        if (part.Length == 0)
        {
            return;
        }
        await WriteAsync(text.Before(ref _any), last: false, output, cancellationToken).ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> segment in part.Segments)
        {
            await WriteAsync(segment, last: false, output, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask WriteFooterAsync(Stream output, CancellationToken cancellationToken) =>
        WriteAsync(text.Epilogue, last: true, output, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _zstd.Dispose();

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, bool last, Stream output, CancellationToken cancellationToken)
    {
        bool done;
        do
        {
            done = _zstd.Run(bytes.Span, _output, last, out int consumed, out int written);
            bytes = bytes[consumed..];
            await output.WriteAsync(_output.AsMemory(0, written), cancellationToken).ConfigureAwait(false);
        } while (!done);
    }
}
