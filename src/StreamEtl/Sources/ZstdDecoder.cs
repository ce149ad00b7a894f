using System.Runtime.InteropServices;
using StreamEtl.Compression;

namespace StreamEtl.Sources;

/// <summary>A streaming decoder of libzstd (zstd.h, "Streaming decompression").</summary>
internal sealed unsafe class ZstdDecoder : SafeHandle
{
    private ZstdDecoder(nint decoder)
        : base(decoder, ownsHandle: true) { }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Opens a decoder; null when the system has no libzstd.</summary>
    public static ZstdDecoder? TryOpen() => ZstdNative.IsAvailable ? new ZstdDecoder(ZstdNative.CreateDecompressor()) : null;

    /// <summary>
    /// Decompresses from one span into the other as far as either allows. False with a reason when the data is damaged. <paramref name="expected"/>: 0 when a
    /// frame has ended and all of it is out, else about how many bytes the decoder would like next.
    /// </summary>
    public bool TryRun(
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        out int consumed,
        out int written,
        out nuint expected,
        out string? reason
    )
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZstdNative.Window { Start = from, Length = (nuint)source.Length };
            var output = new ZstdNative.Window { Start = to, Length = (nuint)destination.Length };
            expected = ZstdNative.DecompressStream(handle, &output, &input);
            consumed = (int)input.Position;
            written = (int)output.Position;
            reason = ZstdNative.Failed(expected) ? ZstdNative.Reason(expected) : null;
            return reason is null;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _ = ZstdNative.FreeDecompressor(handle);
        return true;
    }
}
